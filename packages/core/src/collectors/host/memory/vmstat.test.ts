import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { FIXTURES, collectOnce, filesOfTest, tickAt } from "../testing/collect-once.ts";
import { VmstatCollector, parseVmstat } from "./vmstat.ts";

test("reads names and numbers, and skips other lines", () => {
  const fields = parseVmstat("pgfault 12\nnr_free_pages x\n\npgpgin 18446744073709551615\nlonely\n");

  expect([...fields]).toEqual([
    ["pgfault", 12],
    ["pgpgin", 2 ** 64],
  ]);
});

test.each(["", "\n", "pgfault\n", "pgfault -1\n"])("%p is refused", (text) => {
  expect(() => parseVmstat(text)).toThrow("/proc/vmstat has no line");
});

test("any text gives finite values, or an error", () => {
  expectFiniteNumbers("proc/vmstat", parseVmstat, (fields) => fields.values());
});

test("serves the fields that the setting selects, by valid names only", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));
  const collector = new VmstatCollector(files.file("vmstat"), { vmstatFields: /^(pgpg|nr_dirty$)/ });

  const names = collectOnce(collector, tickAt(0)).written.map(({ name }) => name);

  expect(names).toEqual(["node_vmstat_nr_dirty", "node_vmstat_pgpgin", "node_vmstat_pgpgout"]);
});

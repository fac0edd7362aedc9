import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { MeminfoCollector, parseMeminfo } from "./meminfo.ts";
import { ScratchFolder, collectOnce, damaged, tickAt, valuesOrRefusal } from "../testing/collect-once.ts";

test("kilobytes become bytes, huge pages stay counts", () => {
  const fields = parseMeminfo("MemTotal:  16 kB\nActive(anon): 2 kB\nHugePages_Total:   3\nHugepagesize:    2048 kB\n");

  expect(Object.fromEntries(fields)).toEqual({
    MemTotal: 16_384,
    "Active(anon)": 2048,
    HugePages_Total: 3,
    Hugepagesize: 2_097_152,
  });
});

test("lines of another form are passed over", () => {
  const fields = parseMeminfo(
    "MemTotal: 1 kB\nnonsense\nMemFree: -1 kB\nCached: 5 MB\nBuffers:\nShmem: 1.5 kB\nOther: 4\nHugePages_New: 4\n",
  );

  expect([...fields.keys()]).toEqual(["MemTotal"]);
});

test.each(["", "MemFree: 1 kB\n", "MemTotal: many kB\n"])(
  "%p is refused, for without a total nothing can be said",
  (text) => {
    expect(() => parseMeminfo(text)).toThrow("MemTotal");
  },
);

test("any text gives finite values, or an error", () => {
  fc.assert(
    fc.property(damaged("proc/meminfo"), (text) => {
      const values = [...(valuesOrRefusal(() => parseMeminfo(text))?.values() ?? [])];

      expect(values.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
    }),
  );
});

test("used is what is not available; swap likewise", () => {
  const out = collect("MemTotal: 1000 kB\nMemAvailable: 400 kB\nCached: 7 kB\nSwapTotal: 50 kB\nSwapFree: 20 kB\n");

  expect(out.core("memory_usage_percent")).toBe(60);
  expect(out.core("memory_total_bytes")).toBe(1_024_000);
  expect(out.core("memory_available_bytes")).toBe(409_600);
  expect(out.core("swap_used_bytes")).toBe(30_720);
  expect(out.samples.get("node_memory_used_bytes")).toBe(614_400);
  expect(out.samples.get("node_memory_cached_bytes")).toBe(7168);
  expect(out.samples.get("node_swap_total_bytes")).toBe(51_200);
});

test("without MemAvailable the usage is unknown", () => {
  const out = collect("MemTotal: 1000 kB\nMemFree: 400 kB\n");

  expect(out.core("memory_usage_percent")).toBeUndefined();
  expect(out.core("swap_used_bytes")).toBeUndefined();
  expect(out.core("memory_total_bytes")).toBe(1_024_000);
});

test("more available than there is, as some containers say, is no use rather than negative use", () => {
  expect(collect("MemTotal: 1000 kB\nMemAvailable: 1200 kB\n").core("memory_usage_percent")).toBe(0);
});

test("a field that is not valid in a metric name has no series", () => {
  const out = collect('MemTotal: 1 kB\nBad name"}: 5 kB\nActive(file): 1 kB\n');

  expect([...out.samples.keys()].filter((name) => !/^\w+$/.test(name))).toEqual([]);
  expect(out.samples.has("node_memory_Active_file_bytes")).toBe(true);
});

function collect(text: string) {
  using folder = new ScratchFolder();
  folder.write("meminfo", text);
  return collectOnce(new MeminfoCollector(folder.files.file("meminfo")), tickAt(0));
}

import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { OsCollector, osRelease, parseOsRelease } from "./os.ts";

test("reads assignments as a shell does", () => {
  const variables = parseOsRelease(
    `# comment\nNAME="Some \\"OS\\""\r\nVERSION_ID='12.5'\nID=debian\n  EMPTY=\nnot an assignment\nlower=1\n`,
  );

  expect(Object.fromEntries(variables)).toEqual({ NAME: 'Some "OS"', VERSION_ID: "12.5", ID: "debian", EMPTY: "" });
});

test.each([
  ["12", 12],
  ["20.04", 20.04],
  ["9.4.1", 9.4],
  ["0", null],
  ["rolling", null],
  ["", null],
])("the version of %p is %p", (id, version) => {
  expect(osRelease(new Map([["VERSION_ID", id]])).version).toBe(version);
});

test.each([
  ["2026-06-10", 1_781_049_600],
  ["2026-13-99", null],
  ["soon", null],
])("the end of support of %p is %p", (day, seconds) => {
  expect(osRelease(new Map([["SUPPORT_END", day]])).supportEndSeconds).toBe(seconds);
});

test("whatever the text, the labels are complete", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      const { infoLabels, version } = osRelease(parseOsRelease(text));

      expect(infoLabels.match(/(?:^|,)[a-z_]+="/g)!.length).toBeGreaterThanOrEqual(12);
      expect(version === null || Number.isFinite(version)).toBe(true);
    }),
  );
});

test("/etc/os-release is read first, and without either there is nothing to read", () => {
  using folder = new ScratchFolder();
  const none = collectOnce(new OsCollector(folder.path), tickAt(0)).written;
  folder.write("usr/lib/os-release", "ID=vendor\n");
  const vendor = collectOnce(new OsCollector(folder.path), tickAt(0)).written;
  folder.write("etc/os-release", "ID=local\nSUPPORT_END=2026-06-10\n");

  const local = collectOnce(new OsCollector(folder.path), tickAt(0));

  expect(none).toEqual([]);
  expect(vendor.map(({ labels }) => /\bid="(\w*)"/.exec(labels)![1])).toEqual(["vendor"]);
  expect(local.written[0]!.labels).toContain('id="local"');
  expect(local.samples.get("node_os_support_end_timestamp_seconds")).toBe(1_781_049_600);
});

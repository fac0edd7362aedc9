import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

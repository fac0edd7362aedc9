import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const UNIT = readFileSync(join(ROOT, "systemd/cloud-monitor.service"), "utf8");

describe("the unit", () => {
  let folder: string;
  let unitFile: string;

  /** systemd-analyze needs the program to exist: the unit is checked as if /opt were in a temporary folder. */
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "cloud-monitor-unit-"));
    unitFile = join(folder, "cloud-monitor.service");
    mkdirSync(join(folder, "opt/cloud-monitor/bin"), { recursive: true });
    symlinkSync(process.execPath, join(folder, "opt/cloud-monitor/bin/node"));
    writeFileSync(unitFile, UNIT.replaceAll("/opt/", `${folder}/opt/`));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  needs("systemd-analyze")("gives systemd nothing to say", async () => {
    const verify = await runProgram("systemd-analyze", { args: ["verify", unitFile] });

    // It reports an unknown key only as a line, not as an error.
    expect(verify).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  needs("systemd-analyze")("has an exposure of at most 1.7", async () => {
    const args = ["security", "--offline=true", "--threshold=17", "--no-pager", unitFile];

    const { code, stdout } = await runProgram("systemd-analyze", { args });

    expect(stdout).toMatch(/Overall exposure level for cloud-monitor.service: 1\.\d/);
    expect(code).toBe(0);
  });

  test.each([
    ["reports that it is ready", /^Type=notify$/m],
    ["is watched", /^WatchdogSec=30$/m],
    ["comes back", /^Restart=always$/m],
    ["stays down over a wrong configuration", /^RestartPreventExitStatus=2$/m],
    ["lets the daemon stop its PostgreSQL by itself", /^KillMode=mixed$/m],
    ["runs as a user of its own", /^User=cloud-monitor$/m],
    ["keeps /home readable, whose sizes are measured", /^ProtectHome=read-only$/m],
    ["does not hide the clock", /^ProtectClock=no$/m],
    ["lets V8 compile", /^MemoryDenyWriteExecute=no$/m],
  ])("%s", (_promise, line) => {
    expect(UNIT).toMatch(line);
  });
});

test("the sample of the environment names settings only", () => {
  const namesOf = (file: string) =>
    [...readFileSync(join(ROOT, file), "utf8").matchAll(/^#?([A-Z][A-Z0-9_]+)=/gm)].map(([, name]) => name);

  expect(namesOf(".env.example")).toEqual(expect.arrayContaining(namesOf("systemd/cloud-monitor.env")));
});

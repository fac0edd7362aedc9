import { basename } from "node:path";
import { expect } from "@jest/globals";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";
import type { ProgramRun } from "../support/run-program.ts";
import { PROMETHEUS_FOLDER, RULE_FILES, RULE_TEST_FILES } from "./rule-files.ts";

/** A day of samples takes promtool 5 s of CPU time. */
const TIMEOUT_MS = 120_000;
const withPromtool = needs("promtool");

withPromtool("promtool check config finds the shipped configuration and its rules right", async () => {
  const { code, stdout, stderr } = await promtool("check", "config", `${PROMETHEUS_FOLDER}prometheus.yml`);

  expect(stderr).toBe("");
  expect(stdout).toContain(`${RULE_FILES.length} rule files found`);
  expect(code).toBe(0);
});

withPromtool("promtool check rules finds no mistake and no rule twice", async () => {
  const { code, stdout, stderr } = await promtool("check", "rules", ...RULE_FILES);

  expect(stderr).toBe("");
  expect(stdout).not.toContain("duplicate");
  expect(code).toBe(0);
});

for (const path of RULE_TEST_FILES) {
  withPromtool(
    `promtool test rules passes ${basename(path)}`,
    async () => {
      const { code, stdout, stderr } = await promtool("test", "rules", path);

      expect(`${stdout}${stderr}`).not.toContain("FAILED");
      expect(code).toBe(0);
    },
    TIMEOUT_MS,
  );
}

function promtool(...args: readonly string[]): Promise<ProgramRun> {
  return runProgram("promtool", { args });
}

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";
import { promqlNames } from "./promql-names.ts";
import { ALERTING_RULES, RECORDING_RULES, RULE_FILES, RULE_TEST_FILES } from "./rule-files.ts";

interface Test {
  input_series: { series: string; values: string }[];
  alert_rule_test?: { alertname: string; eval_time: string; exp_alerts?: unknown[] }[];
  promql_expr_test?: { expr: string; eval_time: string }[];
}

interface TestFile {
  evaluation_interval: string;
  tests: Test[];
}

/** Metrics that other programs serve as well. */
const SHARED = /^(?:node|process)_|^up$/;
const NAMED_RULES = [
  ...RECORDING_RULES.map(({ record, expr }) => ({ name: record, expr })),
  ...ALERTING_RULES.map(({ alert, expr }) => ({ name: alert, expr })),
];
/** Longer than any `for`; bands of a day depend on a series that exists, or not, within minutes. */
const EVALUATED = "90m";
const TIMEOUT_MS = 120_000;
const withPromtool = needs("promtool");

withPromtool(
  "no rule judges, and none records, what another job serves",
  async () => {
    const files = RULE_TEST_FILES.map((path) => parse(readFileSync(path, "utf8")) as TestFile);
    const tests = files.flatMap((file) => file.tests.filter(isAnswered).map(asOfAnotherJob)).filter(hasInput);
    const silent = tests.flatMap((one) => (one.alert_rule_test ?? []).map(({ alertname }) => alertname));

    const { code, stdout, stderr } = await promtoolTest({ rule_files: RULE_FILES, evaluation_interval: "1m", tests });

    expect(silent).toEqual(expect.arrayContaining(["HostDown", "HostDiskNearlyFull", "CollectorFailing"]));
    expect(tests.length).toBeGreaterThan(15);
    expect(`${stdout}${stderr}`).not.toContain("FAILED");
    expect(code).toBe(0);
  },
  TIMEOUT_MS,
);

test.each(NAMED_RULES)("$name names the job of what others serve too", ({ expr }) => {
  const selectors = expr.match(/(?<![\w:])(?:node|process)_\w+(?![\w:])(?:\{[^}]*\})?|\bup\{[^}]*\}/g) ?? [];
  const isOfDaemons = expr.includes("and on (job, instance) cloud_monitor_build_info");

  expect(promqlNames(expr).filter((name) => SHARED.test(name) && !expr.includes(`${name}{`) && !isOfDaemons)).toEqual(
    [],
  );
  expect(selectors.filter((one) => !one.includes('job="cloud-monitor"') && !isOfDaemons)).toEqual([]);
});

/** Not a test in which nothing fires anyway. */
function isAnswered({ alert_rule_test: alerts = [], promql_expr_test: queries = [] }: Test): boolean {
  return queries.length > 0 || alerts.some(({ exp_alerts: expected = [] }) => expected.length > 0);
}

function hasInput({ input_series: input }: Test): boolean {
  return input.length > 0;
}

/** The same readings, served by a node_exporter: they must not cause alerts. ScrapeMissing covers a missing target. */
function asOfAnotherJob({
  input_series: input,
  alert_rule_test: alerts,
  promql_expr_test: queries,
  ...rest
}: Test): Test {
  return {
    ...rest,
    input_series: input
      .filter(({ series }) => SHARED.test(promqlNames(series)[0]!))
      .map(({ series, values }) => ({ series: series.replace(/(?<=\{)(?:job="[^"]*",)?/, 'job="node",'), values })),
    alert_rule_test: (alerts ?? [])
      .filter(({ alertname }) => alertname !== "ScrapeMissing")
      .map(({ alertname, eval_time: time }) => ({ alertname, eval_time: shortened(time) })),
    promql_expr_test: (queries ?? [])
      .filter(({ expr }) => promqlNames(expr).every((name) => name.includes(":")))
      .map(({ expr, eval_time: time }) => ({ expr, eval_time: shortened(time) })),
  };
}

function shortened(time: string): string {
  return /[dh]|^\d{3,}m/.test(time) ? EVALUATED : time;
}

async function promtoolTest(content: unknown) {
  const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-promtool-"));
  try {
    const path = join(folder, "other-exporters.test.yml");
    writeFileSync(path, stringify(content));
    return await runProgram("promtool", { args: ["test", "rules", path] });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";

export interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

export interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
  readonly alert_rule_test?: readonly AlertTest[];
  readonly promql_expr_test?: readonly { readonly expr: string }[];
}

export interface AlertTest {
  readonly alertname: string;
  readonly exp_alerts?: readonly { readonly exp_labels: Readonly<Record<string, string>> }[];
}

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

interface RuleTestFile {
  readonly tests: readonly RuleTest[];
}

export const PROMETHEUS_FOLDER = fileURLToPath(new URL("../../prometheus/", import.meta.url));

/** Their paths, for promtool. */
export const RULE_FILES = filesOf("rules", ".yml");
export const RULE_TEST_FILES = filesOf("tests", ".test.yml");

const RULES = RULE_FILES.flatMap((path) => (read(path) as RuleFile).groups).flatMap(({ rules }) => rules);

export const RECORDING_RULES = RULES.filter((rule): rule is RecordingRule => "record" in rule);
export const ALERTING_RULES = RULES.filter((rule): rule is AlertingRule => "alert" in rule);
export const RULE_TESTS = RULE_TEST_FILES.flatMap((path) => (read(path) as RuleTestFile).tests);

function filesOf(folder: string, ending: string): readonly string[] {
  const names = readdirSync(`${PROMETHEUS_FOLDER}${folder}`).toSorted();
  return names.filter((name) => name.endsWith(ending)).map((name) => `${PROMETHEUS_FOLDER}${folder}/${name}`);
}

function read(path: string): unknown {
  return parse(readFileSync(path, "utf8"));
}

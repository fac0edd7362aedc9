import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { CATALOGUE } from "../../packages/core/src/daemon/catalogue.ts";
import { promqlNames } from "./promql-names.ts";
import { ALERTING_RULES, PROMETHEUS_FOLDER, RECORDING_RULES, RULE_TESTS } from "./rule-files.ts";
import type { AlertTest, AlertingRule } from "./rule-files.ts";

const RUNBOOK = readFileSync(fileURLToPath(new URL("../../docs/alerts.md", import.meta.url)), "utf8");

/** Created by Prometheus for each target. */
const OF_PROMETHEUS = new Set(["up"]);
const RECORDED = new Map(RECORDING_RULES.map(({ record, expr }) => [record, expr]));
const ALERTS = ALERTING_RULES.map((rule) => ({ title: `${rule.alert} (${rule.labels["severity"]})`, rule }));

test.each(RECORDING_RULES)("$record uses metrics that the daemon serves", ({ expr }) => {
  expect(unknownNames(expr)).toEqual([]);
});

test.each(RECORDING_RULES)("$record has a unit test", ({ record }) => {
  const tested = RULE_TESTS.flatMap(({ promql_expr_test: tests = [] }) =>
    tests.flatMap(({ expr }) => promqlNames(expr)),
  );

  expect(tested).toContain(record);
});

test.each(ALERTS)("$title uses metrics that the daemon serves", ({ rule }) => {
  const inTexts = Object.values(rule.annotations).flatMap(queriesOf);

  expect(promqlNames(rule.expr)).not.toEqual([]);
  expect([rule.expr, ...inTexts].flatMap(unknownNames)).toEqual([]);
});

test.each(ALERTS)("$title has a unit test in which it fires", ({ rule }) => {
  const firing = RULE_TESTS.filter(({ alert_rule_test: tests = [] }) => tests.some((alert) => fires(alert, rule)));

  expect(firing).not.toEqual([]);
});

test.each(ALERTS)("$title has a unit test with its metrics in which it does not fire at all", ({ rule }) => {
  const metrics = sourcesOf(rule.expr);
  const quiet = RULE_TESTS.filter(({ alert_rule_test: tests = [] }) => {
    const own = tests.filter(({ alertname }) => alertname === rule.alert);
    return own.length > 0 && own.every((alert) => (alert.exp_alerts ?? []).length === 0);
  });
  const series = quiet.flatMap(({ input_series: input }) => input.flatMap((one) => promqlNames(one.series)));

  expect(quiet).not.toEqual([]);
  expect(series.some((name) => metrics.includes(name))).toBe(true);
});

test.each(ALERTS)("$title says how bad it is, what is seen, and where to read on", ({ rule }) => {
  const { summary, description, runbook_url: runbook } = rule.annotations;

  expect(["critical", "warning", "info"]).toContain(rule.labels["severity"]);
  expect(summary).toMatch(/\{\{/);
  expect(description).toMatch(/^.{40,}\.$/);
  expect(runbook).toBe(
    `{{ with $externalLabels.runbook_base }}{{ . }}{{ else }}docs/alerts.md{{ end }}#${rule.alert.toLowerCase()}`,
  );
});

test("the address of the runbook is a setting of prometheus.yml, and not a label of sent alerts", () => {
  const shipped = readFileSync(`${PROMETHEUS_FOLDER}prometheus.yml`, "utf8");
  const configuration = parse(shipped.replace(/# (external_labels:)\n +# ( +runbook_base:)/, "$1\n  $2")) as {
    readonly global: { readonly external_labels: Readonly<Record<string, string>> };
    readonly alerting: { readonly alert_relabel_configs: readonly unknown[] };
  };

  expect(configuration.global.external_labels).toEqual({ runbook_base: expect.stringMatching(/^https:.*alerts\.md$/) });
  expect(configuration.alerting.alert_relabel_configs).toEqual([{ action: "labeldrop", regex: "runbook_base" }]);
});

test("docs/alerts.md has one section for each alert and no other", () => {
  const sections = [...RUNBOOK.matchAll(/^### (\w+)$/gm)].map(([, name]) => name!);

  expect(sections.toSorted()).toEqual([...new Set(ALERTING_RULES.map(({ alert }) => alert))].toSorted());
});

test.each(ALERTS)("docs/alerts.md has the severity of $title", ({ rule }) => {
  const row = new RegExp(`^\\| \\[${rule.alert}\\]\\(#${rule.alert.toLowerCase()}\\) \\|([^|]*)\\|`, "m").exec(RUNBOOK);

  expect(row?.[1]).toContain(rule.labels["severity"]);
});

function unknownNames(expression: string): readonly string[] {
  return promqlNames(expression).filter((name) => !RECORDED.has(name) && !OF_PROMETHEUS.has(name) && !isServed(name));
}

function isServed(name: string): boolean {
  if (CATALOGUE.find(name) !== undefined) return true;
  return CATALOGUE.find(name.replace(/_(bucket|sum|count)$/, ""))?.type === "histogram";
}

/** The base metrics of an expression, through its recording rules. */
function sourcesOf(expression: string): readonly string[] {
  return promqlNames(expression).flatMap((name) => (RECORDED.has(name) ? sourcesOf(RECORDED.get(name)!) : [name]));
}

/** Expressions that a template queries. */
function queriesOf(text: string): readonly string[] {
  return [...text.matchAll(/printf ("(?:[^"\\]|\\.)*") [^|}]*\| query/g)].map(
    ([, query]) => JSON.parse(query!) as string,
  );
}

function fires(alert: AlertTest, rule: AlertingRule): boolean {
  if (alert.alertname !== rule.alert) return false;
  return (alert.exp_alerts ?? []).some(({ exp_labels: labels }) => labels["severity"] === rule.labels["severity"]);
}

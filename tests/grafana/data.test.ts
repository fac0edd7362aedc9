import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { REPOSITORY } from "../support/source-tree.ts";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import { needs } from "../support/programs.ts";
import type { Series } from "../support/prometheus.ts";
import { aDayBefore } from "./a-day-before.ts";
import { EXPRESSIONS, SHIPPED, STATEMENTS } from "./dashboards.ts";
import type { Question } from "./dashboards.ts";
import { asPromql, asSql } from "./grafana-variables.ts";
import type { Chosen } from "./grafana-variables.ts";
import { NO_DATA } from "./no-data.ts";
import { selectorsOf } from "./promql-selectors.ts";
import { RulesPrometheus } from "./rules-prometheus.ts";
import { WatchedFleet } from "./watched-fleet.ts";

const TIMEOUT_MS = 240_000;
const startMs = Date.now();

let started: Promise<WatchedFleet> | null = null;
let scraping: Promise<unknown> | null = null;
const prometheus = new RulesPrometheus();

afterAll(async () => {
  await prometheus.dispose();
  const fleet = await started?.catch(() => null);
  await fleet?.dispose();
}, TIMEOUT_MS);

const withPrometheus = needs("prometheus", "promtool");

withPrometheus(
  "every expression of every dashboard returns data, or is excused by the list of those that cannot",
  async () => {
    const chosen = await scraped();

    const without = await withoutData(EXPRESSIONS.map(({ name, text }) => ({ name, text: asPromql(text, chosen) })));

    expect(EXPRESSIONS.length).toBeGreaterThan(100);
    expect(without).toEqual([]);
  },
  TIMEOUT_MS,
);

withPrometheus(
  "every recording rule is evaluated without an error and records something",
  async () => {
    await scraped();
    const recording = (await prometheus.rules()).filter(({ type }) => type === "recording");

    const without = await withoutData(
      recording.flatMap(({ name, query }) => [
        { name: `rule ${name}`, text: query },
        { name: `rule ${name}`, text: name },
      ]),
    );
    const failed = (await prometheus.rules()).filter(({ health }) => health !== "ok");

    expect(recording.length).toBeGreaterThan(30);
    expect(without).toEqual([]);
    expect(failed).toEqual([]);
  },
  TIMEOUT_MS,
);

/** The selectors of metrics inside the alerts. */
async function alertSelectors(): Promise<{ name: string; text: string }[]> {
  const alerts = (await prometheus.rules()).filter(({ type }) => type === "alerting");
  return alerts.flatMap(({ name, query }) =>
    selectorsOf(query).map((text) => ({ name: `alert ${name}: ${text}`, text })),
  );
}

withPrometheus(
  "every selector inside an alert finds series",
  async () => {
    await scraped();
    const selectors = await alertSelectors();

    const without = await withoutData(selectors);

    expect(selectors.length).toBeGreaterThan(20);
    expect(without).toEqual([]);
  },
  TIMEOUT_MS,
);

withPrometheus(
  "every variable asked of Prometheus offers something",
  async () => {
    const chosen = await scraped();
    const asked = variables("prometheus").map(({ name, text }) => {
      const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(text) ?? [];
      return { name, text: asPromql(`count by (${label}) (${selector}{${label}!=""})`.replace("}{", ", "), chosen) };
    });

    const without = await withoutData(asked);

    expect(asked.length).toBeGreaterThanOrEqual(4);
    expect(without).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "every SQL statement of every dashboard returns data from the database of a running daemon",
  async () => {
    const { database, name } = await fleet();
    const chosen = { daemon: "", name, fromMs: startMs, toMs: Date.now() + TIMEOUT_MS };
    const asked = [...STATEMENTS, ...variables("postgres")].map((question) => ({
      name: question.name,
      text: asSql(question.text, chosen),
    }));

    const without = await withoutRows(asked, (text) => database.sql<Record<string, unknown>>(text));

    expect(asked.length).toBeGreaterThan(25);
    expect(without).toEqual([]);
  },
  TIMEOUT_MS,
);

test(
  "the user that the manual makes for Grafana may ask all of that, and change nothing",
  async () => {
    const { database, name } = await fleet();
    const chosen = { daemon: "", name, fromMs: startMs, toMs: Date.now() };
    const user = `grafana_${randomUUID().replaceAll("-", "")}`;
    const asUser = (statements: readonly string[]) =>
      database.sql(["begin", readOnlyUserSql(user), `set local role ${user}`, ...statements, "rollback"].join(";\n"));

    await asUser(STATEMENTS.map(({ text }) => asSql(text, chosen)));

    expect(STATEMENTS.length).toBeGreaterThan(25);
    await expect(asUser(["delete from sample"])).rejects.toThrow("permission denied for table sample");
  },
  TIMEOUT_MS,
);

withPrometheus(
  "every entry of the list of those without data names a question",
  async () => {
    await scraped();
    const rules = (await prometheus.rules()).map(({ name }) => ({ name: `rule ${name}` }));
    const names = [...EXPRESSIONS, ...rules, ...(await alertSelectors())].map(({ name }) => name);

    const stale = NO_DATA.filter(({ questions }) => !names.some((name) => questions.test(name)));

    expect(stale).toEqual([]);
  },
  TIMEOUT_MS,
);

/** The manual's SQL, for a user that no other run has. */
function readOnlyUserSql(user: string): string {
  const manual = readFileSync(join(REPOSITORY, "docs/grafana.md"), "utf8");
  return /```sql\n([^]*?);\n```/.exec(manual)![1]!.replaceAll(/\bgrafana\b/g, user);
}

function fleet(): Promise<WatchedFleet> {
  return (started ??= WatchedFleet.start());
}

/** Resolves once Prometheus has scraped often enough for rates, with the variables of a typical reader. */
async function scraped(): Promise<Chosen> {
  const { daemon, name } = await fleet();
  const target = new URL(await daemon.url()).host;
  scraping ??= prometheus.start(target, aDayBefore(target, startMs)).then(() =>
    eventually(
      () => prometheus.query('count_over_time(up{job="cloud-monitor"}[1m]) >= 6'),
      (series) => series.length === 1,
    ),
  );
  await scraping;
  return { daemon: target, name, fromMs: startMs, toMs: Date.now() };
}

/** The queries of variables, which return the options. */
function variables(type: string): Question[] {
  return SHIPPED.flatMap(({ dashboard }) =>
    dashboard.templating.list
      .filter(({ datasource }) => datasource?.type === type)
      .map(({ name, query }) => ({
        name: `${dashboard.uid} / $${name}`,
        text: typeof query === "string" ? query : query.query,
      })),
  );
}

/** Queries without data, except those that the list excuses on this machine. */
async function withoutData(questions: readonly Question[]): Promise<readonly string[]> {
  const { daemon } = await fleet();
  const samples = parseExposition(await (await daemon.fetch("/metrics")).text());
  const excused = NO_DATA.filter(({ holds }) => holds(samples));
  let open = questions.filter(({ name }) => !excused.some((entry) => entry.questions.test(name)));
  const ask = async () => {
    const answers = await Promise.all(open.map(({ text }) => prometheus.query(text)));
    open = open.filter((_, index) => !hasData(answers[index]!));
    return open;
  };
  await eventually(ask, ({ length }) => length === 0, 60_000).catch(() => {});
  return open.map(({ name, text }) => `${name}: ${text}`);
}

function hasData(series: readonly Series[]): boolean {
  return series.some(({ value }) => Number.isFinite(Number(value[1])));
}

type Row = Readonly<Record<string, unknown>>;

/** Statements with a column that has no value in any row. */
async function withoutRows(
  questions: readonly Question[],
  ask: (text: string) => Promise<readonly Row[]>,
): Promise<readonly string[]> {
  let open = questions;
  const askAll = async () => {
    const answers = await Promise.all(open.map(({ text }) => ask(text)));
    open = open.filter((_, index) => !isFilled(answers[index]!));
    return open;
  };
  await eventually(askAll, ({ length }) => length === 0, 60_000).catch(() => {});
  return open.map(({ name, text }) => `${name}: ${text}`);
}

function isFilled(rows: readonly Row[]): boolean {
  const columns = Object.keys(rows[0] ?? {});
  return columns.length > 0 && columns.every((column) => rows.some((row) => row[column] !== null));
}

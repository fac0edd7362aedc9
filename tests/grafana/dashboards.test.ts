import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { DASHBOARDS } from "../../grafana/src/all.ts";
import { CATALOGUE } from "../../packages/core/src/daemon/catalogue.ts";
import { REPOSITORY, readTree } from "../support/source-tree.ts";
import { EXPRESSIONS, SHIPPED, panelsOf } from "./dashboards.ts";
import { overlapsOf } from "./overlaps.ts";
import { metricOf, selectorsOf } from "./promql-selectors.ts";

const ajv = new Ajv({ allErrors: true, strict: false });
const isDashboard = ajv.compile(
  JSON.parse(readFileSync(join(import.meta.dirname, "dashboard.schema.json"), "utf8")) as object,
);
const UIDS = SHIPPED.map(({ dashboard }) => dashboard.uid);

test("the committed files are what the sources make; `pnpm run dashboards` writes them", () => {
  const shipped = Object.fromEntries(SHIPPED.map(({ file, dashboard }) => [file, dashboard]));

  const made = Object.fromEntries(Object.entries(DASHBOARDS).map(([name, dashboard]) => [`${name}.json`, dashboard]));

  expect(shipped).toEqual(made);
});

test("the uids never change: bookmarks contain them", () => {
  expect(UIDS.toSorted()).toEqual([
    "cloud-monitor-daemon",
    "cloud-monitor-fleet",
    "cloud-monitor-fleet-history",
    "cloud-monitor-host",
    "cloud-monitor-instance",
    "cloud-monitor-instance-history",
  ]);
});

describe.each(SHIPPED)("$file", ({ dashboard }) => {
  test("follows the schema of Grafana's classic dashboards", () => {
    isDashboard(dashboard);

    expect(isDashboard.errors ?? []).toEqual([]);
  });

  test("has a title, a description and a unit in every panel", () => {
    const bare = panelsOf(dashboard).filter(
      ({ title, description, fieldConfig }) => title === "" || description === "" || !fieldConfig.defaults["unit"],
    );

    expect(bare).toEqual([]);
    expect(dashboard.title).toMatch(/^cloud-monitor \/ /);
    expect(dashboard.description).not.toBe("");
  });

  test("has a unique id for every panel, and no two in the same place", () => {
    const ids = dashboard.panels.map(({ id }) => id);

    expect(new Set(ids).size).toBe(ids.length);
    expect(overlapsOf(dashboard.panels)).toEqual([]);
    expect(dashboard.panels.filter(({ gridPos }) => gridPos.x + gridPos.w > 24)).toEqual([]);
  });

  test("has panels with unique titles", () => {
    const titles = panelsOf(dashboard).map(({ title }) => title);

    expect(new Set(titles).size).toBe(titles.length);
  });

  test("links to dashboards that exist", () => {
    const linked = [...JSON.stringify(dashboard).matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid);

    expect(linked.filter((uid) => !UIDS.some((known) => known === uid))).toEqual([]);
    expect(dashboard.links.every(({ tags }) => tags.every((tag) => dashboard.tags.includes(tag)))).toBe(true);
  });

  test("uses exactly the variables that it declares", () => {
    const text = JSON.stringify({ panels: dashboard.panels, templating: dashboard.templating.list });
    const declared = dashboard.templating.list.map(({ name }) => name);

    const used = [...text.matchAll(/\$\{?([a-z]\w*)/g)].map(([, name]) => name!);

    expect([...new Set(used)].toSorted()).toEqual(declared.toSorted());
  });

  test("queries the selected data source", () => {
    const asked = panelsOf(dashboard).flatMap(({ datasource, targets }) => [
      datasource.uid,
      ...targets.map((target) => target.datasource.uid),
    ]);

    expect(asked.filter((uid) => uid !== "${datasource}" && uid !== "${database}")).toEqual([]);
  });
});

test.each([
  ["a panel without a type", { panels: [{ id: 1, title: "a" }] }],
  ["a place that is no number", { panels: [{ type: "stat", gridPos: { h: "8", w: 1, x: 0, y: 0 } }] }],
  ["an unknown kind of colour", { panels: [{ type: "stat", fieldConfig: { defaults: { color: { mode: "x" } } } }] }],
])("the schema refuses %s", (_, broken) => {
  const accepted = isDashboard({ ...SHIPPED[0]!.dashboard, ...broken });

  expect(accepted).toBe(false);
});

test("every metric of a panel is in the catalogue, or Prometheus's own", () => {
  const ofPrometheus = new Set(["up", "scrape_samples_scraped", "scrape_duration_seconds"]);
  const metrics = EXPRESSIONS.flatMap(({ text }) => selectorsOf(text.replaceAll(/\$\w+/g, "x"))).map(metricOf);

  const unknown = metrics.filter(
    (name) => !ofPrometheus.has(name) && CATALOGUE.find(name.replace(/_bucket$/, "")) === undefined,
  );

  expect(unknown).toEqual([]);
});

test("overlapping panels are found", () => {
  const at = (title: string, gridPos: { h: number; w: number; x: number; y: number }) =>
    ({ type: "row", title, collapsed: false, panels: [], id: 1, gridPos }) as const;

  const found = overlapsOf([
    at("a", { x: 0, y: 0, w: 12, h: 8 }),
    at("b", { x: 12, y: 0, w: 12, h: 8 }),
    at("c", { x: 11, y: 7, w: 2, h: 2 }),
  ]);

  expect(found).toEqual(["a and c", "b and c"]);
});

describe("provisioning", () => {
  interface Provisioned {
    readonly datasources?: readonly { readonly uid: string; readonly name: string; readonly type: string }[];
    readonly providers?: readonly { readonly options: { readonly path: string } }[];
  }
  const files = readTree("grafana/provisioning", (path) => path.endsWith(".yml"));
  const parsed = files.map(({ text }) => parse(text) as Provisioned);

  test("creates the data sources that the dashboards select by default", () => {
    const made = parsed.flatMap(({ datasources = [] }) =>
      datasources.map(({ type, name, uid }) => ({ type, text: name, value: uid })),
    );

    const chosen = SHIPPED.flatMap(({ dashboard }) =>
      dashboard.templating.list
        .filter(({ type }) => type === "datasource")
        .map(({ query, current }) => ({ type: query, ...(current as object), selected: undefined })),
    );

    expect(made).toHaveLength(2);
    for (const one of chosen) expect(made).toContainEqual({ ...one });
    expect(new Set(chosen.map(({ type }) => type)).size).toBe(2);
  });

  test("reads addresses and secrets from environment variables documented in the manual", () => {
    const manual = readFileSync(join(REPOSITORY, "docs/grafana.md"), "utf8");

    const used = files.flatMap(({ text }) => [...text.matchAll(/\$([A-Z]\w*)/g)].map(([, name]) => name!));

    expect(used.filter((name) => !manual.includes(`\`${name}\``))).toEqual([]);
    expect(used).toEqual(expect.arrayContaining(["PROMETHEUS_URL", "CLOUD_MONITOR_DB_PASSWORD"]));
  });
});

import { execFileSync, spawnSync } from "node:child_process";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { FleetView } from "../fleet/fleet-view.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";
import type { RenderRequest } from "./exposition.ts";
import { Exposition } from "./exposition.ts";
import type { ExpositionSources } from "./sources.ts";
import { parseExposition } from "./testing/parse-exposition.ts";
import { sampleFleet } from "./testing/sample-fleet.ts";
import { SAMPLE_CATALOGUE, sampleSource } from "./testing/sample-metrics.ts";

const SNAPSHOT: SeriesSnapshot = {
  layout: {
    version: 1,
    sections: [
      { collector: "cpu", start: 0, end: 1 },
      { collector: "loadavg", start: 1, end: 2 },
    ],
    names: ["node_test_cpu_seconds_total", "node_test_load1"],
    labels: ['cpu="0"', ""],
    families: [],
  },
  values: Float64Array.of(12.5, 0.5),
  readAtMs: 0,
};
const HAS_PROMTOOL = spawnSync("promtool", ["--version"]).status === 0;

let exposition: Exposition | undefined;
afterEach(() => exposition?.stop());

describe("Exposition", () => {
  test("serves host, fleet and daemon on one page", async () => {
    const page = await render(setUp(), { format: "text" });

    expect(page).toContain("\nnode_test_load1 0.5\n");
    expect(page).toContain('\ncloud_monitor_instance_up{id="1",name="instance-1"} 1\n');
    expect(page).toContain("\ncloud_monitor_a_sample_total 900\n");
  });

  test("serves fleet and daemon without a snapshot of this host, and that its collectors did not succeed", async () => {
    const page = await render(setUp({ fleet: fleetWith(null) }), { format: "text" });

    expect(page).not.toContain("node_test");
    expect(page).toContain(
      '\nnode_scrape_collector_success{collector="cpu"} 0\nnode_scrape_collector_success{collector="loadavg"} 0\n',
    );
    expect(page).toContain("cloud_monitor_instances");
  });

  test.each([
    [{ collect: new Set(["cpu"]) }, ["node_test_cpu_seconds_total"]],
    [{ exclude: new Set(["cpu", "daemon", "fleet"]) }, ["node_test_load1"]],
  ])("serves the collectors that are asked for: %p", async (choice, names) => {
    const page = await render(setUp(), { format: "text", ...choice });

    expect(parseExposition(page).families.map(({ name }) => name)).toEqual(names);
  });

  test("reads nothing of this host for a scrape of the daemon alone", async () => {
    let readings = 0;
    const fleet = { ...fleetWith(SNAPSHOT), freshSnapshot: async () => (readings++, SNAPSHOT) };

    await render(setUp({ fleet }), { format: "text", collect: new Set(["daemon"]) });

    expect(readings).toBe(0);
  });

  test("refuses a collector that is off before it reads anything", async () => {
    await expect(setUp().render({ format: "text", collect: new Set(["wifi"]) })).rejects.toMatchObject({
      code: "COLLECTOR_UNKNOWN",
    });
  });

  test("reads the parts once for scrapes at the same time", async () => {
    let readings = 0;
    const exposed = setUp({ own: [sampleSource(() => readings++)] });

    await Promise.all([render(exposed, { format: "text" }), render(exposed, { format: "openmetrics" })]);

    expect(readings).toBe(1);
  });

  test("counts scrapes by format", async () => {
    const exposed = setUp();
    await render(exposed, { format: "openmetrics" });

    expect(await render(exposed, { format: "text" })).toContain(
      'cloud_monitor_scrapes_total{format="openmetrics"} 1\n',
    );
  });

  test("lets the loop turn when 5 ms of writing have passed", async () => {
    const clock = new ManualClock();
    let turns = 0;
    const exposed = setUp({ fleet: fleetWith(wideSnapshot(5_000)) }, { clock, yieldToLoop: async () => void turns++ });
    let chunks = 0;

    for await (const chunk of await exposed.render({ format: "text", collect: new Set(["cpu"]) })) {
      chunks += Math.sign(chunk.length);
      clock.advance(2.5);
    }

    expect(chunks).toBeGreaterThan(3);
    expect(turns).toBe(Math.floor(chunks / 2));
  });

  test("keeps the initial values when they change while the response is written", async () => {
    const fleet = sampleFleet([{ status: "up", values: { load1: 1 } }]);
    const stream = await setUp({ fleet }).render({ format: "text" });
    for (const column of fleet.latest.columns) column.fill(99);

    expect(await textOf(stream)).toContain('cloud_monitor_instance_load1{id="1",name="instance-1"} 1\n');
  });

  test("has an idempotent stop", () => {
    const exposed = setUp();
    exposed.stop();

    expect(() => exposed.stop()).not.toThrow();
  });

  test("serves OpenMetrics with unique families and only samples that belong to them", async () => {
    const { families, ended } = parseExposition(await render(setUp(), { format: "openmetrics" }));

    expect(ended).toBe(true);
    expect(new Set(families.map(({ name }) => name)).size).toBe(families.length);
    for (const { name, type, unit, samples } of families) {
      const suffixes = type === "counter" ? ["_total"] : type === "histogram" ? ["_bucket", "_sum", "_count"] : [""];
      for (const sample of samples) expect(suffixes.map((suffix) => name + suffix)).toContain(sample.name);
      if (unit !== null) expect(name.endsWith(`_${unit}`)).toBe(true);
    }
  });

  (HAS_PROMTOOL ? test : test.skip)("passes promtool check metrics without a word", async () => {
    const exposed = setUp();
    exposed.http.observe({ route: "/metrics", method: "GET", status: 200, seconds: 0.01 });

    const page = await render(exposed, { format: "text", collect: new Set(["daemon", "fleet"]) });

    expect(execFileSync("promtool", ["check", "metrics"], { input: page, encoding: "utf8" })).toBe("");
  });
});

function setUp(
  sources: Partial<ExpositionSources> = {},
  slicer = { clock: new ManualClock(), yieldToLoop: async () => {} },
): Exposition {
  const complete: ExpositionSources = {
    fleet: fleetWith(SNAPSHOT),
    own: [sampleSource()],
    ...sources,
  };
  const collectors = () => ["loadavg", "cpu"];
  exposition = new Exposition(complete, {
    catalogue: SAMPLE_CATALOGUE,
    instancesMax: () => 10,
    cacheTtlMs: () => 1_000,
    labels: {},
    collectors,
    ...slicer,
  });
  return exposition;
}

function fleetWith(snapshot: SeriesSnapshot | null): FleetView {
  const values = { up: 1, cpu_usage_percent: 5, memory_total_bytes: 1e9, uptime_seconds: 10 };
  return sampleFleet([{ status: "up", values }], snapshot);
}

function wideSnapshot(series: number): SeriesSnapshot {
  const labels = Array.from({ length: series }, (_, i) => `device="a-device-with-a-long-name-${i}"`);
  const names = labels.map(() => "node_test_bytes");
  const layout = { version: 1, sections: [{ collector: "cpu", start: 0, end: series }], names, labels, families: [] };
  return { layout, values: new Float64Array(series), readAtMs: 0 };
}

async function render(exposed: Exposition, request: RenderRequest): Promise<string> {
  return textOf(await exposed.render(request));
}

async function textOf(stream: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const chunk of stream) text += chunk;
  return text;
}

import { readFileSync } from "node:fs";
import { afterEach, expect } from "@jest/globals";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/programs.ts";
import { TestPrometheus } from "../support/prometheus.ts";
import type { Series } from "../support/prometheus.ts";

const started: { dispose(): Promise<void> }[] = [];

afterEach(async () => {
  for (const one of started.splice(0).toReversed()) await one.dispose();
});

const withPrometheus = needs("prometheus");

withPrometheus("a Prometheus with the shipped configuration scrapes the daemon as OpenMetrics", async () => {
  const daemon = new TestDaemon({ env: { STORAGE: "memory", DEFAULT_INTERVAL: "1" } });
  started.push(daemon);
  const added = { name: 'odd "name" \\ {1}', ip: "10.0.0.1", labels: { zone: "a", note: "ü \\n" } };
  await daemon.send("POST", "/instances", added);
  const prometheus = new TestPrometheus({ target: new URL(await daemon.url()).host });
  started.push(prometheus);
  const one = async (expression: string): Promise<Series> =>
    (
      await eventually(
        () => prometheus.query(expression),
        (series) => series.length === 1,
      )
    )[0]!;

  const up = await one('up{job="cloud-monitor"} == 1');
  const scraped = await one('scrape_samples_scraped{job="cloud-monitor"}');
  const memory = await one("node_memory_MemTotal_bytes");
  const joined = await one(
    'cloud_monitor_instance_up{id="1"} * on (instance, id) group_left (zone, note) cloud_monitor_instance_info',
  );
  const openMetrics = await daemon.metric("cloud_monitor_scrapes_total", 'format="openmetrics"');
  const again = await eventually(
    () => daemon.metric("cloud_monitor_scrapes_total", 'format="openmetrics"'),
    (count) => count > openMetrics,
  );

  expect(up.metric).toMatchObject({ job: "cloud-monitor" });
  expect(Number(scraped.value[1])).toBeGreaterThan(200);
  expect(Number(memory.value[1])).toBe(memTotalBytes());
  expect(joined.metric).toMatchObject({ id: "1", name: added.name, ...added.labels });
  expect(joined.value[1]).toBe("1");
  expect(openMetrics).toBeGreaterThan(0);
  expect(again).toBeGreaterThan(openMetrics);
});

withPrometheus(
  "it finds the pages of a large fleet, and each instance in one place; a removed one is gone",
  async () => {
    const daemon = new TestDaemon({ env: { STORAGE: "memory", DEFAULT_INTERVAL: "1", METRICS_INSTANCES_MAX: "10" } });
    started.push(daemon);
    const instances = Array.from({ length: 25 }, (_, index) => ({ name: `i-${index}`, ip: "10.0.0.1" }));
    await daemon.send("POST", "/instances/bulk", instances);
    const prometheus = new TestPrometheus({ target: new URL(await daemon.url()).host });
    started.push(prometheus);
    const count = async (expression: string) => Number((await prometheus.query(expression))[0]?.value[1] ?? 0);
    const upById = 'count(count by (id) (cloud_monitor_instance_up{job="cloud-monitor",id!="0"} == 1))';

    await eventually(
      () => count(upById),
      (found) => found === 25,
    );
    const places = await prometheus.query("count by (instance) (cloud_monitor_instance_up)");
    const removed = await daemon.send("DELETE", "/instances/20");
    await eventually(
      () => count(upById),
      (found) => found === 24,
    );

    const { host } = new URL(await daemon.url());
    const counts = Object.fromEntries(places.map(({ metric, value }) => [metric["instance"], value[1]]));
    expect(counts).toEqual({ [host]: "11", [`${host}/page-1`]: "15" });
    expect(removed.status).toBe(204);
    expect(await count('count(cloud_monitor_instance_up{id="20"})')).toBe(0);
  },
);

function memTotalBytes(): number {
  return Number(/^MemTotal:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))![1]) * 1024;
}

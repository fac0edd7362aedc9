import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { cloudctl } from "../support/cloudctl.ts";
import { TestDaemon } from "../support/daemon.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { needs } from "../support/programs.ts";

interface Metrics {
  readonly status: string;
  readonly reason: string | null;
  readonly cpuUsage: number | null;
  readonly metrics: Readonly<Record<string, number | null>>;
}

interface InstanceSeries {
  readonly families: readonly {
    readonly name: string;
    readonly type: string;
    readonly series: readonly { readonly labels: Record<string, string>; readonly value: number | string }[];
  }[];
}

const withTargets = needs("prometheus-node-exporter", "prometheus", "prometheus-alertmanager");

const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-scrape-"));
const children = new Set<ChildProcess>();
let daemon: TestDaemon;
let other: TestDaemon;

beforeAll(async () => {
  daemon = new TestDaemon({ env: { STORAGE: "memory", TARGETS_ALLOW_LOOPBACK: "true" } });
  other = new TestDaemon({ env: { STORAGE: "memory" } });
  await Promise.all([daemon.ready(), other.ready()]);
});

afterAll(async () => {
  await Promise.all([...children].map(endChild));
  await Promise.all([daemon?.dispose(), other?.dispose()]);
  rmSync(folder, { recursive: true, force: true });
});

function start(program: string, args: readonly string[]): ChildProcess {
  const child = spawn(program, args, { stdio: "ignore", cwd: folder });
  children.add(child);
  return child;
}

const startExporter = (port: number) => start("prometheus-node-exporter", [`--web.listen-address=127.0.0.1:${port}`]);

async function add(name: string, target: string): Promise<number> {
  const response = await daemon.send("POST", "/instances", {
    name,
    ip: "127.0.0.1",
    kind: "scrape",
    interval: 1,
    target,
  });
  expect(response.status).toBe(201);
  return ((await response.json()) as { id: number }).id;
}

/** The metrics of an instance once it has this status, and two samples for its rates. */
function metricsWhen(id: number, isWanted: (metrics: Metrics) => boolean): Promise<Metrics> {
  return eventually(
    async () => await daemon.json<Metrics>(`/instances/${id}`).then(() => daemon.json<Metrics>(`/metrics/${id}`)),
    isWanted,
  );
}

const seriesOf = (id: number) => daemon.json<InstanceSeries>(`/api/v1/instances/${id}/series`);

describe("real targets", () => {
  withTargets(
    "node_exporter has the core metrics of its host, is down when it is killed, and up when it is back",
    async () => {
      const port = await freePort();
      const exporter = startExporter(port);
      const id = await add("node", `http://127.0.0.1:${port}/metrics`);

      const up = await metricsWhen(id, ({ status, cpuUsage }) => status === "up" && cpuUsage !== null);
      await endChild(exporter);
      const down = await metricsWhen(id, ({ status }) => status === "down");
      const failed = await seriesOf(id);
      startExporter(port);
      const again = await metricsWhen(id, ({ status }) => status === "up");

      expect(up.metrics["memory_total_bytes"]).toBe(memTotalBytes());
      expect(up.metrics).toMatchObject({ up: 1, uptime_seconds: expect.any(Number), load1: expect.any(Number) });
      expect(up.metrics["filesystem_usage_percent"]).toBeGreaterThan(0);
      expect(up.metrics["network_receive_bytes_per_second"]).not.toBeNull();
      expect(down).toMatchObject({ status: "down", reason: "refused" });
      expect(failed.families.map(({ name, series }) => [name, series[0]!.value])).toContainEqual(["up", 0]);
      expect(again.reason).toBeNull();
    },
  );

  withTargets("another cloud-monitor says the same of the host as node_exporter", async () => {
    const id = await add("other", `${await other.url()}/metrics`);
    const { metrics } = await metricsWhen(id, ({ status, cpuUsage }) => status === "up" && cpuUsage !== null);
    const own = await daemon.json<Metrics>("/metrics/0");

    expect(metrics["memory_total_bytes"]).toBe(own.metrics["memory_total_bytes"]);
    expect(metrics["filesystem_usage_percent"]).toBeCloseTo(own.metrics["filesystem_usage_percent"]!, 0);
    expect(Math.abs(metrics["uptime_seconds"]! - own.metrics["uptime_seconds"]!)).toBeLessThan(30);
  });

  withTargets("Prometheus and Alertmanager have their own series", async () => {
    const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
    writeFileSync(join(folder, "prometheus.yml"), "global: {scrape_interval: 15s}\n");
    writeFileSync(join(folder, "alertmanager.yml"), "route: {receiver: a}\nreceivers: [{name: a}]\n");
    start("prometheus", [
      "--config.file=prometheus.yml",
      "--storage.tsdb.path=p",
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]);
    start("prometheus-alertmanager", [
      "--config.file=alertmanager.yml",
      "--storage.path=a",
      "--cluster.listen-address=",
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
    ]);
    const prometheus = await add("prometheus", `http://127.0.0.1:${prometheusPort}/metrics`);
    const alertmanager = await add("alertmanager", `http://127.0.0.1:${alertmanagerPort}/metrics`);
    await metricsWhen(prometheus, ({ status }) => status === "up");
    await metricsWhen(alertmanager, ({ status }) => status === "up");

    const [ofPrometheus, ofAlertmanager] = [await seriesOf(prometheus), await seriesOf(alertmanager)];
    const text = await (await daemon.fetch(`/api/v1/instances/${prometheus}/series?format=prometheus`)).text();

    expect(family(ofPrometheus, "prometheus_tsdb_compaction_chunk_samples")?.type).toBe("histogram");
    expect(family(ofAlertmanager, "alertmanager_build_info")?.series[0]!.labels).toHaveProperty("version");
    expect(text).toMatch(/^# TYPE prometheus_build_info gauge\nprometheus_build_info\{.*version="[^"]+"\} 1$/m);
    expect(text).toMatch(/^up 1$/m);
  });

  withTargets("a page for people is down, and the log says what it is", async () => {
    const id = await add("page", `${await other.url()}/docs`);
    const down = await metricsWhen(id, ({ status }) => status === "down");
    const log = await eventually(
      () => daemon.stdout,
      (text) => text.includes("is this the path of its metrics?"),
    );

    expect(down.reason).toBe("invalid");
    expect(log).toContain('"instance":"page"');
  });

  withTargets("a dry run says what would be, in words, and adds nothing", async () => {
    const port = await freePort();
    const target = `http://127.0.0.1:${port}/metrics`;
    const args = ["add", "tried", "127.0.0.1", "--kind", "scrape", "--target", target, "--dry-run"];
    const url = await daemon.url();
    const down = await cloudctl(url, args);
    startExporter(port);
    const up = await eventually(
      () => cloudctl(url, args),
      ({ code }) => code === 0,
    );
    const { items } = await daemon.json<{ readonly items: { readonly name: string }[] }>("/instances");

    expect([down.code, down.stdout]).toEqual([
      1,
      `tried: would be down (refused): 127.0.0.1:${port} refused the connection\n`,
    ]);
    expect(up.stdout).toMatch(/^tried: would be up, after [\d.]+ ms, with \d{3,} series\n$/);
    expect(items.map(({ name }) => name)).not.toContain("tried");
  });

  withTargets("the targets of a Prometheus configuration are imported, twice without harm", async () => {
    const port = await freePort();
    startExporter(port);
    const file = join(folder, "imported.yml");
    const job = `job_name: node, scrape_interval: 1s, static_configs: [{targets: ["127.0.0.1:${port}"], labels: {zone: a}}]`;
    writeFileSync(file, `scrape_configs:\n  - {${job}}\n`);
    const url = await daemon.url();
    const first = await cloudctl(url, ["import", file]);
    const again = await cloudctl(url, ["import", file]);
    writeFileSync(file, `scrape_configs:\n  - {${job}, relabel_configs: []}\n`);
    const partly = await cloudctl(url, ["import", file, "--dry-run"]);
    const { items } = await daemon.json<{ readonly items: { id: number; name: string; labels: object }[] }>(
      "/instances?label=zone=a",
    );

    expect(first).toMatchObject({ code: 0, stdout: "added 1, 0 were there before\n", stderr: "" });
    expect(again).toMatchObject({ code: 0, stdout: "added 0, 1 were there before\n" });
    expect(partly.code).toBe(1);
    expect(partly.stderr).toContain("not carried over: job node: relabel_configs");
    expect(items).toMatchObject([{ name: `node/127.0.0.1:${port}`, labels: { prometheus_job: "node", zone: "a" } }]);
    await eventually(
      () => daemon.json<{ readonly status: string }>(`/instances/${items[0]!.id}`),
      ({ status }) => status === "up",
    );
  });
});

function family({ families }: InstanceSeries, wanted: string) {
  return families.find(({ name }) => name === wanted);
}

function memTotalBytes(): number {
  return Number(/^MemTotal:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8"))![1]) * 1024;
}

import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Health, Instance } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";

const FILES = [
  "stat",
  "meminfo",
  "loadavg",
  "net/dev",
  "diskstats",
  "uptime",
  "1/mountinfo",
  ...["domainname", "hostname", "osrelease", "ostype", "version"].map((name) => `sys/kernel/${name}`),
];

/** Files of other collectors, which stay as they are. */
const OTHERS = [
  ...["arp", "netstat", "snmp", "snmp6", "sockstat", "sockstat6", "softnet_stat", "udp", "udp6"].map(
    (name) => `net/${name}`,
  ),
  "cpuinfo",
  "schedstat",
  "sys/fs/file-nr",
  "sys/kernel/random/entropy_avail",
  "sys/kernel/random/poolsize",
  "vmstat",
].filter((name) => existsSync(join("/proc", name)));

/** One family of each collector that has a part in this test. */
const FAMILIES = {
  cpu: "node_cpu_seconds_total",
  diskstats: "node_disk_reads_completed_total",
  filesystem: "node_filesystem_size_bytes",
  loadavg: "node_load1",
  meminfo: "node_memory_MemTotal_bytes",
  netdev: "node_network_receive_bytes_total",
  stat: "node_context_switches_total",
  time: "node_time_seconds",
  uname: "node_uname_info",
  uptime: "node_uptime_seconds",
};
type Collector = keyof typeof FAMILIES;

let procfs: string;
let daemon: TestDaemon;

beforeEach(() => {
  procfs = mkdtempSync(join(tmpdir(), "cloud-monitor-proc-"));
  for (const name of [...FILES, ...OTHERS]) put(name, textOf(name));
});

afterEach(async () => {
  await daemon.dispose();
  rmSync(procfs, { recursive: true, force: true });
});

function textOf(name: string): string {
  return readFileSync(join("/proc", name === "1/mountinfo" ? "self/mountinfo" : name), "utf8");
}

function put(name: string, text: string): void {
  mkdirSync(dirname(join(procfs, name)), { recursive: true });
  writeFileSync(join(procfs, name), text);
}

function startDaemon(): void {
  daemon = new TestDaemon({
    env: { STORAGE: "memory", DEFAULT_INTERVAL: "1", METRICS_CACHE_TTL: "0s" },
    args: [`--path.procfs=${procfs}`],
  });
}

interface Scrape {
  readonly status: number;
  readonly failed: readonly Collector[];
  /** Collectors whose families are in the response. */
  readonly served: readonly Collector[];
}

async function scrape(): Promise<Scrape> {
  const answer = await daemon.fetch("/metrics");
  const text = await answer.text();
  const names = Object.keys(FAMILIES) as Collector[];
  return {
    status: answer.status,
    failed: names.filter((name) => text.includes(`node_scrape_collector_success{collector="${name}"} 0\n`)),
    served: names.filter((name) => new RegExp(`^${FAMILIES[name]}[ {]`, "m").test(text)),
  };
}

function failureLines(): { collector: string; error: string }[] {
  return daemon.stdout
    .split("\n")
    .filter((line) => line.includes("host collector failed"))
    .map((line) => JSON.parse(line) as { collector: string; error: string });
}

describe("a /proc file that is missing, empty or cut", () => {
  test("affects only its own collectors, is logged once each, and not after it is back", async () => {
    const stat = textOf("stat");
    put("stat", stat.slice(0, stat.indexOf("\nctxt") + 8));
    put("meminfo", "");
    rmSync(join(procfs, "loadavg"));
    rmSync(join(procfs, "net", "dev"));
    const broken: readonly Collector[] = ["cpu", "loadavg", "meminfo", "netdev", "stat"];
    const sound: readonly Collector[] = ["diskstats", "filesystem", "time", "uname", "uptime"];
    startDaemon();

    const first = await eventually(scrape, ({ served }) => served.length > 0);
    await eventually(
      () => daemon.metric("cloud_monitor_collector_errors_total", 'collector="meminfo"'),
      (errors) => errors >= 4,
    );
    const health = await daemon.json<Health>("/health");
    const host = await daemon.json<Instance>("/instances/0");
    const lines = failureLines();
    for (const name of ["stat", "meminfo", "loadavg", "net/dev"]) put(name, textOf(name));
    const healed = await eventually(scrape, ({ failed }) => failed.length === 0);

    expect(first).toEqual({ status: 200, failed: broken, served: sound });
    expect(health.status).toBe("ok");
    expect(host).toMatchObject({ status: "up", reason: null });
    expect(lines.map(({ collector }) => collector)).toEqual(expect.arrayContaining([...broken]));
    expect(lines).toHaveLength(broken.length);
    for (const { error } of lines) expect(error).toContain(procfs);
    expect(healed).toEqual({ status: 200, failed: [], served: Object.keys(FAMILIES) });
    expect(failureLines()).toHaveLength(broken.length);
  });

  test("that breaks at run time removes its family, and its core metrics become null", async () => {
    startDaemon();
    const whole = await eventually(scrape, ({ served }) => served.length === Object.keys(FAMILIES).length);
    await eventually(
      () => daemon.json<{ metrics: Record<string, number | null> }>("/metrics/0"),
      ({ metrics }) => metrics["memory_total_bytes"] !== null,
    );

    put("meminfo", "MemTotal:       1000 kB\nMemFr");
    const cut = await eventually(scrape, ({ failed }) => failed.length > 0);
    const { metrics } = await eventually(
      () => daemon.json<{ metrics: Record<string, number | null> }>("/metrics/0"),
      (answer) => answer.metrics["memory_total_bytes"] === null,
    );

    expect(whole.failed).toEqual([]);
    expect(cut).toMatchObject({ status: 200, failed: ["meminfo"] });
    expect(cut.served).toEqual(Object.keys(FAMILIES).filter((name) => name !== "meminfo"));
    expect(metrics).toMatchObject({ up: 1, memory_usage_percent: null, load1: expect.any(Number) });
  });
});

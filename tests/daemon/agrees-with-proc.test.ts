import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, statfsSync } from "node:fs";
import { hostname, machine, release, type, version } from "node:os";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { InstanceMetrics } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { parseExposition } from "../support/exposition.ts";
import type { ExposedSample } from "../support/exposition.ts";
import { readProcCounters, seriesKey, wordsOf } from "../support/proc-counters.ts";
import type { SeriesValues } from "../support/proc-counters.ts";

let daemon: TestDaemon;
let before: SeriesValues;
let after: SeriesValues;
let page: readonly ExposedSample[];
let values: SeriesValues;
let memoryBefore: ReadonlyMap<string, number>;
let loadBefore: readonly number[];

/** Differs from the zone of any test machine, in summer as well as in winter. */
const TZ = "NZST-12:45NZDT,M9.5.0,M4.1.0/3";

/** Gauges that a test below compares with the kernel's values. */
const GAUGES = [
  /^node_memory_(total|available|used|cached)_bytes$/,
  /^node_swap_(total|used)_bytes$/,
  /^node_(boot_time_seconds|procs_running|procs_blocked|load1|load5|load15)$/,
  /^node_cpu_(usage|user|system|idle|iowait)_percent$/,
  /^node_filesystem_(size|free|avail)_bytes$/,
  /^node_filesystem_(files|files_free|device_error|readonly|mount_info)$/,
  /^node_disk_(info|io_now)$/,
  /^node_network_counted$/,
  /^node_(uname_info|time_zone_offset_seconds|time_clocksource_(available|current)_info)$/,
];
/** Families that are not compared here: computed by the daemon, from udev and sysfs, or compared elsewhere. */
const NOT_COMPARED = [
  /^node_scrape_collector_(duration_seconds|success)$/,
  // Compared with those of node_exporter, by node-exporter.test.ts.
  /^node_(arp|bonding|cooling_device|dmi|entropy|filefd|hwmon|kernel_hung|md|memory_numa|netstat|nf_conntrack|os|power_supply)_/,
  /^node_(pressure|schedstat|sockstat|softnet|softirqs|textfile|thermal_zone|timex|udp|vmstat)_/,
  /^node_cpu_(core_throttles|package_throttles|isolated|online|scaling|frequency)/,
  /^node_network_(address_assign_type|carrier|carrier_(up_|down_)?changes_total|device_id|dormant|flags|iface_id|iface_link|iface_link_mode)$/,
  /^node_network_(info|mtu_bytes|name_assign_type|net_dev_group|protocol_type|receive_nohandler_total|speed_bytes|transmit_queue_length|up)$/,
  /^node_disk_(ata_rotation_rate_rpm|ata_write_cache|ata_write_cache_enabled|device_mapper_info|filesystem_info)$/,
];

beforeAll(async () => {
  daemon = new TestDaemon({ env: { STORAGE: "memory", DEFAULT_INTERVAL: "1", METRICS_CACHE_TTL: "0s", TZ } });
  await eventually(
    () => daemon.json<InstanceMetrics>("/metrics/0"),
    ({ cpuUsage }) => cpuUsage !== null,
  );
  // A refresh that takes over 100 ms returns the previous response: then it is requested again.
  // The same if the kernel updated the load meanwhile, as it does every 5 s, and for a tick without shares of CPU
  // time, as after a decrease of the kernel's counters; and if another program has reserved or released gigabytes meanwhile.
  const isWhole = () => isBetween("node_time_seconds") && served("node_cpu_idle_percent") !== undefined;
  await eventually(readAround, () => isWhole() && loadBefore.join() === loadavg().join() && isMemorySteady());
});

afterAll(() => daemon.dispose());

async function readAround(): Promise<void> {
  memoryBefore = meminfo();
  loadBefore = loadavg();
  before = readProcCounters();
  page = parseExposition(await (await daemon.fetch("/metrics")).text());
  after = readProcCounters();
  values = new Map(page.map(({ name, labels, value }) => [seriesKey(name, labels), value]));
}

function isMemorySteady(): boolean {
  const now = meminfo();
  const limit = now.get("MemTotal")! / 20;
  return [...memoryBefore].every(([field, bytes]) => Math.abs(now.get(field)! - bytes) <= limit);
}

function secondsOf(_: string, hours: string, minutes: string): string {
  return String(Number(hours) * 3600 + Number(minutes) * 60);
}

function isBetween(key: string): boolean {
  // A product and a sum differ in their last bits.
  const [low, value, high] = [before.get(key)!, values.get(key)!, after.get(key)!];
  return value >= low * (1 - Number.EPSILON * 4) && value <= high * (1 + Number.EPSILON * 4);
}

function served(name: string, labels: Readonly<Record<string, string>> = {}): number | undefined {
  return values.get(seriesKey(name, labels));
}

function seriesOf(name: string): readonly ExposedSample[] {
  return page.filter((sample) => sample.name === name);
}

function meminfo(): ReadonlyMap<string, number> {
  const fields = wordsOf("/proc/meminfo").map(([field, value, unit]): [string, number] => [
    field!.replace(/:$/, "").replace("(", "_").replace(")", ""),
    Number(value) * (unit === "kB" ? 1024 : 1),
  ]);
  return new Map(fields);
}

function loadavg(): readonly number[] {
  return wordsOf("/proc/loadavg")[0]!.slice(0, 3).map(Number);
}

function memoryFamily(field: string): string {
  return field.startsWith("HugePages_") ? `node_memory_${field}` : `node_memory_${field}_bytes`;
}

function textOf(path: string): string {
  return readFileSync(path, "utf8").trimEnd();
}

describe("a scrape agrees with /proc", () => {
  test("each counter is between a reading before and one after, and none is missing", () => {
    const outside = [...before.keys()]
      .filter((key) => after.has(key) && !isBetween(key))
      .map((key) => ({ key, before: before.get(key), served: values.get(key), after: after.get(key) }));

    expect(before.size).toBeGreaterThan(40);
    expect(outside).toEqual([]);
  });

  test("memory that does not change is exact, the rest within a tenth of all memory", () => {
    const total = memoryBefore.get("MemTotal")!;
    const wrong = [...memoryBefore].flatMap(([field, bytes]) => {
      const value = served(memoryFamily(field));
      const isFixed = /^(MemTotal|SwapTotal|HugePages_Total|Hugepagesize|VmallocTotal|CommitLimit)$/.test(field);
      const isRight = value !== undefined && Math.abs(value - bytes) <= (isFixed ? 0 : total / 10);
      return isRight ? [] : [{ field, bytes, value }];
    });

    expect(memoryBefore.size).toBeGreaterThan(20);
    expect(wrong).toEqual([]);
  });

  test("the short names of memory and swap are those of the same reading", () => {
    const memTotal = served("node_memory_MemTotal_bytes")!;
    const available = served("node_memory_MemAvailable_bytes")!;

    expect(served("node_memory_total_bytes")).toBe(memTotal);
    expect(served("node_memory_available_bytes")).toBe(available);
    expect(served("node_memory_used_bytes")).toBe(memTotal - available);
    expect(served("node_memory_cached_bytes")).toBe(served("node_memory_Cached_bytes"));
    expect(served("node_swap_total_bytes")).toBe(served("node_memory_SwapTotal_bytes"));
    expect(served("node_swap_used_bytes")).toBe(
      served("node_memory_SwapTotal_bytes")! - served("node_memory_SwapFree_bytes")!,
    );
  });

  test("boot time, tasks, load and I/O in progress", () => {
    const stat = new Map(wordsOf("/proc/stat").map(([name, value]) => [name!, Number(value)]));
    const tasks = Number(wordsOf("/proc/loadavg")[0]![3]!.split("/")[1]);

    expect(served("node_boot_time_seconds")).toBe(stat.get("btime"));
    expect(served("node_procs_running")).toBeGreaterThanOrEqual(1);
    expect(served("node_procs_running")).toBeLessThanOrEqual(tasks);
    expect(served("node_procs_blocked")).toBeLessThanOrEqual(tasks);
    expect(["node_load1", "node_load5", "node_load15"].map((name) => served(name))).toEqual(loadBefore);
    for (const { value } of seriesOf("node_disk_io_now")) expect(value).toBeGreaterThanOrEqual(0);
  });

  test("shares of CPU time add up to 100 %", () => {
    const usage = served("node_cpu_usage_percent")!;
    const [user, system] = [served("node_cpu_user_percent")!, served("node_cpu_system_percent")!];

    expect(usage + served("node_cpu_idle_percent")! + served("node_cpu_iowait_percent")!).toBeCloseTo(100, 6);
    expect(user + system).toBeLessThanOrEqual(usage + 1e-9);
    expect(Math.min(user, system)).toBeGreaterThanOrEqual(0);
  });

  test("filesystems: size and inodes exact, free space within a twentieth", () => {
    const mounts = new Map(wordsOf("/proc/self/mounts").map((words) => [words[1]!, words]));
    const sizes = seriesOf("node_filesystem_size_bytes");

    expect(sizes.length).toBeGreaterThan(0);
    for (const { labels, value } of sizes) {
      const { bavail, bfree, blocks, bsize, ffree, files } = statfsSync(labels["mountpoint"]!);
      const [device, , fstype, options] = mounts.get(labels["mountpoint"]!)!;
      expect(labels).toMatchObject({ device, fstype, device_error: "" });
      expect(value).toBe(blocks * bsize);
      expect(served("node_filesystem_files", labels)).toBe(files);
      expect(Math.abs(served("node_filesystem_free_bytes", labels)! - bfree * bsize)).toBeLessThanOrEqual(value / 20);
      expect(Math.abs(served("node_filesystem_avail_bytes", labels)! - bavail * bsize)).toBeLessThanOrEqual(value / 20);
      expect(Math.abs(served("node_filesystem_files_free", labels)! - ffree)).toBeLessThanOrEqual(files / 20);
      expect(served("node_filesystem_device_error", labels)).toBe(0);
      expect(served("node_filesystem_readonly", labels)).toBe(options!.split(",").includes("ro") ? 1 : 0);
    }
  });

  test("device numbers of mounts and disks", () => {
    const mounted = wordsOf("/proc/self/mountinfo").map(([, , number, , mountpoint]) => `${number} ${mountpoint}`);
    const disks = wordsOf("/proc/diskstats").map(([major, minor, device]) => `${major}:${minor} ${device}`);
    const numberOf = ({ labels }: ExposedSample) => `${labels["major"]}:${labels["minor"]}`;

    for (const one of seriesOf("node_filesystem_mount_info")) {
      expect(mounted).toContain(`${numberOf(one)} ${one.labels["mountpoint"]}`);
    }
    for (const one of seriesOf("node_disk_info")) expect(disks).toContain(`${numberOf(one)} ${one.labels["device"]}`);
  });

  test("network rates count the interfaces on a bus, or what there is without one", () => {
    const counted = seriesOf("node_network_counted");
    const onBus = counted.filter(({ labels }) => existsSync(`/sys/class/net/${labels["device"]}/device`));

    expect(counted.map(({ labels }) => labels["device"])).toContain("lo");
    for (const { labels, value } of onBus.length > 0 ? counted : []) {
      expect([labels["device"], value]).toEqual([labels["device"], onBus.some((one) => one.labels === labels) ? 1 : 0]);
    }
    expect(counted.find(({ labels }) => labels["device"] === "lo")?.value).toBe(0);
  });

  test("names of kernel and host, time zone and clock source", () => {
    const uname = {
      domainname: textOf("/proc/sys/kernel/domainname"),
      machine: machine(),
      nodename: hostname(),
      release: release(),
      sysname: type(),
      version: version(),
    };
    const clocksource = (name: string) => {
      const path = `/sys/devices/system/clocksource/clocksource0/${name}_clocksource`;
      return existsSync(path) ? textOf(path).trim().split(" ") : [];
    };

    expect(seriesOf("node_uname_info").map(({ labels }) => labels)).toEqual([uname]);
    const [zone] = seriesOf("node_time_zone_offset_seconds");
    const said = execFileSync("date", ["+%Z %z"], { env: { PATH: "/usr/bin:/bin", TZ }, encoding: "utf8" }).trim();
    expect(`${zone!.labels["time_zone"]} ${zone!.value}`).toBe(said.replace(/\+(\d\d)(\d\d)$/, secondsOf));
    for (const name of ["available", "current"]) {
      const labels = seriesOf(`node_time_clocksource_${name}_info`).map((one) => one.labels["clocksource"]);
      expect(new Set(labels)).toEqual(new Set(clocksource(name)));
    }
  });

  test("the JSON of instance 0 is the same host", async () => {
    const { metrics, name, uptime } = await eventually(
      () => daemon.json<InstanceMetrics>("/metrics/0"),
      (answer) => answer.uptime! >= before.get("node_uptime_seconds")!,
    );

    expect(name).toBe(hostname());
    expect(metrics["memory_total_bytes"]).toBe(memoryBefore.get("MemTotal"));
    expect(uptime).toBeLessThanOrEqual(Number(wordsOf("/proc/uptime")[0]![0]));
  });

  test("every family of the host is compared", () => {
    const families = new Set(page.map(({ name }) => name).filter((name) => name.startsWith("node_")));
    const compared = new Set([
      ...[...before.keys()].map((key) => key.replace(/\{.*/, "")),
      ...[...memoryBefore.keys()].map(memoryFamily),
    ]);

    const forgotten = [...families].filter((name) => {
      return !compared.has(name) && ![...GAUGES, ...NOT_COMPARED].some((pattern) => pattern.test(name));
    });

    expect(families.size).toBeGreaterThan(80);
    expect(forgotten).toEqual([]);
  });
});

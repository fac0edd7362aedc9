import { cpSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { Catalogue } from "../../model/catalogue/catalogue.ts";
import { CORE_METRIC_NAMES } from "../../model/core-metrics.ts";
import { messageOf } from "../../model/errors.ts";
import { HOST_COLLECTOR_NAMES, HOST_FAMILIES } from "../registry.ts";
import { hostCollectors } from "../testing/enabled-host-collectors.ts";
import type { HostOptions } from "../registry.ts";
import { defaultOptions } from "../testing/default-options.ts";
import { hostFamiliesRows } from "../testing/host-families-table.ts";
import {
  FIXTURES,
  HOST,
  RecordingWriter,
  ScratchFolder,
  collectOnce,
  filesOfTest,
  refreshAt,
  tickAt,
} from "./testing/collect-once.ts";

const CATALOGUE = new Catalogue(HOST_FAMILIES);
const EXPECTED = readFileSync(join(FIXTURES, "expected.txt"), "utf8").trimEnd().split("\n");

/** Families that the recorded machine does not have, and why. */
const ABSENT_IN_FIXTURES = new Map([
  ["node_memory_available_bytes", "its kernel is older than MemAvailable (3.14)"],
  ["node_memory_used_bytes", "needs MemAvailable"],
  ["node_cpu_usage_percent", "its counters do not move"],
  ["node_cpu_user_percent", "its counters do not move"],
  ["node_cpu_system_percent", "its counters do not move"],
  ["node_cpu_idle_percent", "its counters do not move"],
  ["node_cpu_iowait_percent", "its counters do not move"],
  ["node_cpu_online", "its CPUs cannot be switched off"],
  ["node_os_support_end_timestamp_seconds", "its distribution does not say"],
  ["node_processes_group_cpu_percent", "its counters do not move"],
  ["node_processes_threads_state", "its processes have no folder `task`"],
  ["node_network_receive_nohandler_total", "its interfaces have no folder `statistics`"],
  ["node_textfile_mtime_seconds", "it has no text files"],
  ["node_hwmon_energy_joule_total", "it does not measure energy"],
]);

/** Without the one that asks another process. */
const RECORDED = HOST_COLLECTOR_NAMES.filter((name) => name !== "systemd");

/** Attributes that only some drivers have; those of the recorded machine do not. */
const LACKED = /^node_(power_supply|cpu_frequency)_/;

test("serves every sample of the recorded machine with node_exporter's value", () => {
  const { samples } = readFixtures();
  const expected = EXPECTED.filter((line) => !line.startsWith("#")).map((line) => {
    const blank = line.lastIndexOf(" ");
    return [line.slice(0, blank), Number(line.slice(blank + 1))] as const;
  });

  const wrong = expected.filter(([series, value]) => samples.get(series) !== value);

  expect(expected.length).toBeGreaterThan(600);
  expect(wrong).toEqual([]);
});

test("adds no series to node_exporter's families", () => {
  const names = new Set(EXPECTED.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ")[2]!));
  const known = new Set(EXPECTED.map((line) => line.slice(0, line.lastIndexOf(" "))));

  const added = readFixtures().written.filter(({ name, labels }) => {
    // The recorded machine has no net/dev: its interfaces are made up.
    if (!names.has(name) || name.startsWith("node_network_")) return false;
    return !known.has(labels === "" ? name : `${name}{${labels}}`);
  });

  expect(added).toEqual([]);
});

test("has node_exporter's types", () => {
  const types = EXPECTED.filter((line) => line.startsWith("# TYPE ")).map((line) => line.split(" ").slice(2));

  const wrong = types.filter(([name, type]) => CATALOGUE.find(name!)?.type !== type);

  expect(wrong).toEqual([]);
});

test("every series is in the catalogue, written by its collector with exactly its labels", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));
  for (const collector of hostCollectors(fixtureOptions(), files)) {
    for (const { name, labels } of collectOnce(collector, tickAt(0)).written) {
      const definition = CATALOGUE.find(name);
      const labelNames = [...labels.matchAll(/(?:^|,)([a-z_]+)="(?:[^"\\]|\\.)*"/g)].map((match) => match[1]!);

      // The labels of some information are those that the device has.
      const isSubset = name.endsWith("_info") && labelNames.every((label) => definition?.labels.includes(label));
      expect({ name, origin: definition?.origin, labels: isSubset ? labelNames : definition?.labels }).toEqual({
        name,
        origin: collector.name,
        labels: labelNames,
      });
    }
  }
});

test("every family of the catalogue is written, but for those with a reason", () => {
  const found = new Set(readFixtures().written.map(({ name }) => CATALOGUE.find(name)!.name));

  const recorded = HOST_FAMILIES.filter(({ origin }) => RECORDED.includes(origin));
  const missing = recorded.map(({ name }) => name).filter((name) => !found.has(name) && !LACKED.test(name));

  expect(missing.sort()).toEqual([...ABSENT_IN_FIXTURES.keys()].sort());
});

test("the catalogue is in alphabetical order, and so are its labels", () => {
  const names = HOST_FAMILIES.map(({ name }) => name);

  expect(names).toEqual([...names].sort());
  for (const { labels } of HOST_FAMILIES) expect(labels).toEqual([...labels].sort());
});

test("docs/metrics-host.md lists exactly the catalogue", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../../../docs/metrics-host.md"), "utf8");
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));

  expect(rows).toEqual(hostFamiliesRows());
});

test("the layout stays the same from the second tick on", () => {
  using folder = new ScratchFolder();
  cpSync(join(FIXTURES, "proc"), join(folder.path, "proc"), { recursive: true });
  using files = filesOfTest(join(folder.path, "proc"));
  const collectors = hostCollectors(fixtureOptions(folder.path), files);
  const stat = readFileSync(join(FIXTURES, "proc/stat"), "utf8");
  const layouts = [tickAt(0), tickAt(1000), refreshAt(1500), tickAt(2000)].map((context, index) => {
    writeFileSync(join(folder.path, "proc/stat"), stat.replace("cpu0 44490", `cpu0 ${44_490 + 100 * index}`));
    const out = new RecordingWriter();
    for (const collector of collectors) collector.collect(HOST, context, out);
    return out.written.map(({ name, labels }) => `${name}{${labels}}`);
  });

  expect(layouts[1]!.length).toBe(layouts[0]!.length + 5);
  expect(layouts[2]).toEqual(layouts[1]);
  expect(layouts[3]).toEqual(layouts[1]);
});

test("on this machine every value is finite and all but rates are known at the first tick", () => {
  const out = new RecordingWriter();
  using files = filesOfTest("/proc");
  const collectors = hostCollectors(defaultOptions(), files);
  for (const collector of collectors) collector.collect(HOST, tickAt(0), out);

  expect(out.written.filter(({ value }) => !Number.isFinite(value))).toEqual([]);
  expect([...out.columns.keys()].map((column) => CORE_METRIC_NAMES[column])).toEqual(
    expect.arrayContaining([
      "memory_usage_percent",
      "uptime_seconds",
      "load1",
      "memory_total_bytes",
      "processes_running",
    ]),
  );
});

test("disabled collectors are not created", () => {
  const names = hostCollectors({ ...fixtureOptions(), collectorsDisabled: ["cpu", "uname"] }).map(({ name }) => name);

  expect(names.toSorted()).toEqual(RECORDED.filter((name) => name !== "cpu" && name !== "uname"));
});

test("options survive the way to a thread", () => {
  const names = hostCollectors(structuredClone(fixtureOptions())).map(({ name }) => name);

  expect(names.toSorted()).toEqual(RECORDED);
});

test.each([
  ["diskstats", ""],
  ["net/dev", "Inter-|   Receive  |  Transmit\n face |bytes    packets|bytes    packets\n"],
])("%s that lists nothing is nothing to read: no series and no failure", (file, text) => {
  using folder = new ScratchFolder();
  cpSync(join(FIXTURES, "proc"), join(folder.path, "proc"), { recursive: true });
  folder.write(`proc/${file}`, text);
  using files = filesOfTest(join(folder.path, "proc"));
  const name = file.replace("net/dev", "netdev");
  const collector = hostCollectors(fixtureOptions(folder.path), files).find((one) => one.name === name)!;

  const outs = [tickAt(0), tickAt(5000)].map((context) => collectOnce(collector, context));

  expect(outs.flatMap((out) => [...out.written, ...out.columns])).toEqual([]);
});

test.each([
  ["stat", ["cpu", "stat"], ["cpu", "stat"]],
  // An empty list of disks is valid.
  ["diskstats", [], ["diskstats"]],
  ["loadavg", ["loadavg"], ["loadavg"]],
  ["meminfo", ["meminfo"], ["meminfo"]],
  ["net/dev", ["netdev"], ["netdev"]],
  ["uptime", ["uptime"], ["uptime"]],
  ["sys/kernel/hostname", ["uname"], ["uname"]],
  ["1/mountinfo", ["filesystem"], ["filesystem"]],
  ["cpuinfo", ["cpu"], ["cpu"]],
  ["interrupts", ["interrupts"], ["interrupts"]],
  ["vmstat", ["vmstat"], ["vmstat"]],
  // Those below are not refused when truncated: not all kernels end them with a line feed.
  ["net/arp", ["arp"], []],
  ["net/netstat", ["netstat"], []],
  ["net/softnet_stat", ["softnet"], []],
  ["net/tcp", ["tcpstat"], []],
  ["net/udp", ["udp_queues"], []],
  ["pressure/io", ["pressure"], []],
  ["schedstat", ["schedstat"], []],
  ["sys/fs/file-nr", ["filefd"], []],
  ["sys/kernel/random/poolsize", ["entropy"], []],
])("%s empty fails only %j, truncated only %j, and recovers with a valid file", (file, ofEmpty, ofCut) => {
  using folder = new ScratchFolder();
  cpSync(join(FIXTURES, "proc"), join(folder.path, "proc"), { recursive: true });
  const path = join(folder.path, "proc", file);
  const good = readFileSync(path);
  using files = filesOfTest(join(folder.path, "proc"));
  const collectors = hostCollectors(fixtureOptions(folder.path), files);
  let nowMs = 0;
  const failing = () => {
    // A minute, so that rarely read files are read again, too.
    nowMs += 60_000;
    return collectors
      .filter((collector) => failureOf(() => collectOnce(collector, tickAt(nowMs))) !== null)
      .map(({ name }) => name);
  };
  const before = failing();

  truncateSync(path, 0);
  const empty = failing();
  writeFileSync(path, good.subarray(0, good.length - 3));
  const cut = failing();
  writeFileSync(path, good);

  expect({ before, empty, cut, after: failing() }).toEqual({ before: [], empty: ofEmpty, cut: ofCut, after: [] });
});

function failureOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

function readFixtures(): RecordingWriter {
  const out = new RecordingWriter();
  const context = tickAt(0);
  using files = filesOfTest(join(FIXTURES, "proc"));
  for (const collector of hostCollectors(fixtureOptions(), files)) collector.collect(HOST, context, out);
  return out;
}

/** `folder` may contain a changed copy of `proc`. */
function fixtureOptions(folder = FIXTURES): HostOptions {
  return {
    ...defaultOptions(),
    procfs: join(folder, "proc"),
    sysfs: join(FIXTURES, "sys"),
    rootfs: FIXTURES,
    udevData: join(FIXTURES, "udev/data"),
    // Those with which node_exporter's expected output was made.
    collectorsEnabled: RECORDED,
    arpDevicesExclude: /nope/,
    cpuInfo: true,
    cpuInfoBugs: /^(cpu_meltdown|spectre_.*|mds)$/,
    cpuInfoFlags: /^(aes|avx.?|constant_tsc)$/,
    hwmonChipsInclude: /(applesmc|asus_nb_wmi|coretemp|hwmon4|ieee80211|nct6779)/,
    netclassDevicesIgnored: /(dmz|int)/,
    netclassIgnoreInvalidSpeed: true,
    statSoftirqs: true,
  };
}

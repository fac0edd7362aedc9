import type { MetricDefinition } from "../model/catalogue/definition.ts";
import type { TargetRules } from "../platform/target-judge.ts";
import type { ThreadUsage } from "../platform/thread-usage.ts";
import type { Clock } from "../model/clock.ts";
import type { Collector } from "../model/collector.ts";
import type { InstanceKind } from "../model/instance.ts";
import type { OptionsOf, SettingDeclaration, SettingDeclarations } from "../model/setting/setting-declaration.ts";
import { flagSwitch } from "../model/setting/values/flag-switch.ts";
import { someOf } from "../model/setting/values/some-of.ts";
import { CPU } from "./host/cpu/cpu.ts";
import { CPUFREQ } from "./host/cpu/cpufreq.ts";
import { INTERRUPTS } from "./host/cpu/interrupts.ts";
import { SCHEDSTAT } from "./host/cpu/schedstat.ts";
import { DISKSTATS } from "./host/disk/diskstats.ts";
import { MDADM } from "./host/disk/mdadm.ts";
import { FILESYSTEM } from "./host/filesystem/filesystem.ts";
import { DMI } from "./host/hardware/dmi.ts";
import { HWMON } from "./host/hardware/hwmon.ts";
import { POWER_SUPPLY } from "./host/hardware/power-supply.ts";
import { THERMAL_ZONE } from "./host/hardware/thermal-zone.ts";
import { HostCollectorSet } from "./host/host-collector-set.ts";
import type { HostCollector, HostCollectorDefinition } from "./host/host-collector.ts";
import { HOST_PATH_SETTINGS } from "./host/host-paths.ts";
import type { HostPaths } from "./host/host-paths.ts";
import { hostFiles } from "./host/kernel-files/host-files.ts";
import { ENTROPY } from "./host/kernel/entropy.ts";
import { FILEFD } from "./host/kernel/filefd.ts";
import { KERNEL_HUNG } from "./host/kernel/kernel-hung.ts";
import { LOADAVG } from "./host/kernel/loadavg.ts";
import { OS } from "./host/kernel/os.ts";
import { PRESSURE } from "./host/kernel/pressure.ts";
import { MEMINFO } from "./host/memory/meminfo.ts";
import { VMSTAT } from "./host/memory/vmstat.ts";
import { ARP } from "./host/network/arp.ts";
import { BONDING } from "./host/network/bonding.ts";
import { CONNTRACK } from "./host/network/conntrack.ts";
import { NETCLASS } from "./host/network/netclass.ts";
import { NETDEV } from "./host/network/netdev.ts";
import { NETSTAT } from "./host/network/netstat.ts";
import { SOCKSTAT } from "./host/network/sockstat.ts";
import { SOFTNET } from "./host/network/softnet.ts";
import { TCPSTAT } from "./host/network/tcpstat.ts";
import { UDP_QUEUES } from "./host/network/udp-queues.ts";
import { PROCESSES } from "./host/processes/processes.ts";
import { SCRAPE_FAMILIES } from "./host/scrape-families.ts";
import { STAT } from "./host/kernel/stat.ts";
import { SYSTEMD } from "./host/systemd/systemd.ts";
import { TEXTFILE } from "./host/textfile/textfile.ts";
import { TIME } from "./host/time/time.ts";
import { TIMEX } from "./host/time/timex.ts";
import { UNAME } from "./host/kernel/uname.ts";
import { UPTIME } from "./host/kernel/uptime.ts";
import { ProbeCollector } from "./probe/probe-collector.ts";
import { Fetcher } from "./scrape/fetcher.ts";
import { ScrapeCollector } from "./scrape/scrape-collector.ts";
import type { Wait } from "./simulated/fault.ts";
import { SimulatedCollector } from "./simulated/simulated-collector.ts";

/** The collectors of this host, in the order in which they run. */
export const HOST_COLLECTORS = [
  ARP,
  BONDING,
  CONNTRACK,
  CPU,
  CPUFREQ,
  DISKSTATS,
  DMI,
  ENTROPY,
  FILEFD,
  FILESYSTEM,
  HWMON,
  INTERRUPTS,
  KERNEL_HUNG,
  LOADAVG,
  MDADM,
  MEMINFO,
  NETCLASS,
  NETDEV,
  NETSTAT,
  OS,
  POWER_SUPPLY,
  PRESSURE,
  PROCESSES,
  SCHEDSTAT,
  SOCKSTAT,
  SOFTNET,
  STAT,
  SYSTEMD,
  TCPSTAT,
  THERMAL_ZONE,
  TIME,
  TIMEX,
  UDP_QUEUES,
  UNAME,
  UPTIME,
  VMSTAT,
  // The last one: a file that has a series of another collector does not replace it.
  TEXTFILE,
] as const;

/** The names in the order in which the collectors run. */
export const HOST_COLLECTOR_ORDER: readonly string[] = HOST_COLLECTORS.map(({ name }) => name);

/** The names that can be disabled, and that `collect[]` accepts. */
export const HOST_COLLECTOR_NAMES: readonly string[] = HOST_COLLECTOR_ORDER.toSorted();

/**
 * The families of this host, in alphabetical order. Names, types and labels are those of node_exporter 1.12, except for the
 * daemon's own: the percent gauges, `node_memory_{total,available,used,cached}_bytes`, `node_swap_*`, `node_uptime_seconds`,
 * `node_network_counted` and `node_network_*_errors_total`.
 */
export const HOST_FAMILIES: readonly MetricDefinition[] = [
  ...HOST_COLLECTORS.flatMap(({ name, families }) => families.map((family) => ({ ...family, origin: name }))),
  ...SCRAPE_FAMILIES.map((family) => ({ ...family, origin: "daemon" })),
].sort((a, b) => (a.name < b.name ? -1 : 1));

const OFF_BY_DEFAULT = HOST_COLLECTORS.filter(({ isOffByDefault }: HostCollectorDefinition) => isOffByDefault === true);

const SELECTION_SETTINGS = {
  collectorsDefaultsDisabled: {
    type: flagSwitch,
    fallback: "false",
    help: "Disables all host collectors but those of `collectorsEnabled`.",
    flag: "--collector.disable-defaults",
  },
  collectorsDisabled: {
    type: someOf(HOST_COLLECTOR_NAMES),
    fallback: "",
    help: "Host collectors to disable, separated by commas; or `--no-collector.<name>` for each.",
  },
  collectorsEnabled: {
    type: someOf(HOST_COLLECTOR_NAMES),
    fallback: "",
    help: `Host collectors to enable in addition, separated by commas; or \`--collector.<name>\` for each. Off by default: ${OFF_BY_DEFAULT.map(({ name }) => name).join(", ")}.`,
  },
} as const satisfies SettingDeclarations;

/** The options for reading this host. Plain data: they are sent to the collecting thread. */
export type HostOptions = HostPaths & OptionsOf<typeof SELECTION_SETTINGS> & OfAll<(typeof HOST_COLLECTORS)[number]>;

/** The settings whose values are the HostOptions, with their keys. */
export const HOST_SETTINGS = [
  ...Object.entries(HOST_PATH_SETTINGS),
  ...Object.entries(SELECTION_SETTINGS),
  ...HOST_COLLECTORS.flatMap(({ settings }) => Object.entries(settings)),
] as readonly (readonly [key: keyof HostOptions, declaration: SettingDeclaration])[];

/** The names of the collectors that the settings enable, in the order in which they run. */
export function enabledCollectors(options: OptionsOf<typeof SELECTION_SETTINGS>): string[] {
  const { collectorsDefaultsDisabled, collectorsDisabled, collectorsEnabled } = options;
  return HOST_COLLECTORS.filter((definition: HostCollectorDefinition) => {
    const isDefault = !collectorsDefaultsDisabled && definition.isOffByDefault !== true;
    return (isDefault || collectorsEnabled.includes(definition.name)) && !collectorsDisabled.includes(definition.name);
  }).map(({ name }) => name);
}

/** Creates collectors by name, which share files. They are stateful: one set per instance. */
export function hostCollectorFactory(
  options: HostOptions,
  files = hostFiles(options.procfs),
): (name: string) => HostCollector {
  return (name) => HOST_COLLECTORS.find((definition) => definition.name === name)!.create({ options, files });
}

/** The dependencies of a thread's collectors. */
export interface CollectorContext {
  readonly host: HostOptions;
  readonly targets: TargetRules;
  readonly clock: Clock;
  /** Of the thread that collects. */
  readonly usage: () => ThreadUsage | null;
  readonly wait: Wait;
}

/** One collector per kind of instance, for all instances of a thread; a kind without one fails as `unsupported`. */
export function collectorsByKind({ host, targets, clock, usage, wait }: CollectorContext): CollectorsByKind {
  const hostSet = new HostCollectorSet(hostCollectorFactory(host), { clock, usage });
  hostSet.use({ enabled: enabledCollectors(host), hung: [] });
  return {
    host: hostSet,
    probe: new ProbeCollector(clock, targets),
    scrape: new ScrapeCollector(new Fetcher(clock, targets), clock),
    simulated: new SimulatedCollector(wait),
  };
}

export type CollectorsByKind = Readonly<Partial<Record<InstanceKind, Collector>>> & {
  readonly host?: HostCollectorSet;
};

/** The options of all these definitions together. */
type OfAll<Definition> = (
  Definition extends { readonly settings: infer Settings } ? (options: OptionsOf<Settings>) => void : never
) extends (options: infer All) => void
  ? All
  : never;

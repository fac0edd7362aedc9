import type { MetricDefinition } from "../model/catalogue/definition.ts";
import type { Clock } from "../model/clock.ts";
import type { Collector } from "../model/collector.ts";
import type { InstanceKind } from "../model/instance.ts";
import type { OptionsOf, SettingDeclaration } from "../model/setting/setting-declaration.ts";
import { someOf } from "../model/setting/values/some-of.ts";
import { CPU } from "./host/cpu/cpu.ts";
import { DISKSTATS } from "./host/disk/diskstats.ts";
import { FILESYSTEM } from "./host/filesystem/filesystem.ts";
import { HostCollectorSet } from "./host/host-collector-set.ts";
import type { NamedHostCollector } from "./host/host-collector.ts";
import { HOST_PATH_SETTINGS } from "./host/host-paths.ts";
import type { HostPaths } from "./host/host-paths.ts";
import { hostFiles } from "./host/kernel-files/host-files.ts";
import { LOADAVG } from "./host/loadavg.ts";
import { MEMINFO } from "./host/meminfo.ts";
import { NETDEV } from "./host/network/netdev.ts";
import { SCRAPE_FAMILIES } from "./host/scrape-families.ts";
import { STAT } from "./host/stat.ts";
import { TIME } from "./host/time/time.ts";
import { UNAME } from "./host/uname.ts";
import { UPTIME } from "./host/uptime.ts";
import type { Wait } from "./simulated/fault.ts";
import { SimulatedCollector } from "./simulated/simulated-collector.ts";

/** The collectors of this host, in alphabetical order, in which their series are served. */
export const HOST_COLLECTORS = [
  CPU,
  DISKSTATS,
  FILESYSTEM,
  LOADAVG,
  MEMINFO,
  NETDEV,
  STAT,
  TIME,
  UNAME,
  UPTIME,
] as const;

/** The names that can be disabled, and that `collect[]` accepts. */
export const HOST_COLLECTOR_NAMES: readonly string[] = HOST_COLLECTORS.map(({ name }) => name);

/**
 * The families of this host, in alphabetical order. Names, types and labels are those of node_exporter 1.12, except for the
 * daemon's own: the percent gauges, `node_memory_{total,available,used,cached}_bytes`, `node_swap_*`, `node_uptime_seconds`,
 * `node_network_counted` and `node_network_*_errors_total`.
 */
export const HOST_FAMILIES: readonly MetricDefinition[] = [
  ...HOST_COLLECTORS.flatMap(({ name, families }) => families.map((family) => ({ ...family, origin: name }))),
  ...SCRAPE_FAMILIES.map((family) => ({ ...family, origin: "daemon" })),
].sort((a, b) => (a.name < b.name ? -1 : 1));

const COLLECTORS_DISABLED = {
  type: someOf(HOST_COLLECTOR_NAMES),
  fallback: "",
  help: "Host collectors to disable, separated by commas.",
} satisfies SettingDeclaration;

/** The options for reading this host. Plain data: they are sent to the collecting thread. */
export type HostOptions = HostPaths &
  OptionsOf<{ collectorsDisabled: typeof COLLECTORS_DISABLED }> &
  OfAll<(typeof HOST_COLLECTORS)[number]>;

/** The settings whose values are the HostOptions, with their keys. */
export const HOST_SETTINGS = [
  ...Object.entries(HOST_PATH_SETTINGS),
  ["collectorsDisabled", COLLECTORS_DISABLED],
  ...HOST_COLLECTORS.flatMap(({ settings }) => Object.entries(settings)),
] as readonly (readonly [key: keyof HostOptions, declaration: SettingDeclaration])[];

/** A set of the enabled collectors. They are stateful: one set per instance. */
export function hostCollectors(options: HostOptions, files = hostFiles(options.procfs)): readonly NamedHostCollector[] {
  return HOST_COLLECTORS.filter(({ name }) => !options.collectorsDisabled.includes(name)).map((definition) => {
    const collector = definition.create({ options, files });
    return { name: definition.name, collect: collector.collect.bind(collector) };
  });
}

/** The dependencies of a thread's collectors. */
export interface CollectorContext {
  readonly host: HostOptions;
  readonly clock: Clock;
  readonly wait: Wait;
}

/** One collector per kind of instance, for all instances of a thread; a kind without one fails as `unsupported`. */
export function collectorsByKind({ host, clock, wait }: CollectorContext): CollectorsByKind {
  return {
    host: new HostCollectorSet(hostCollectors(host), clock),
    simulated: new SimulatedCollector(wait),
  };
}

export type CollectorsByKind = Readonly<Partial<Record<InstanceKind, Collector>>>;

/** The options of all these definitions together. */
type OfAll<Definition> = (
  Definition extends { readonly settings: infer Settings } ? (options: OptionsOf<Settings>) => void : never
) extends (options: infer All) => void
  ? All
  : never;

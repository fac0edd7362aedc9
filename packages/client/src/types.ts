/** The JSON of the API (`/openapi.json`), as its users see it. Times are RFC 3339 in UTC; unknown values are null. */

export type InstanceStatus = "up" | "down" | "stale" | "pending";
export type InstanceKind = "simulated" | "host" | "scrape" | "probe";

export interface Simulation {
  seed?: number;
  profile?: "web" | "database" | "batch" | "idle";
  fault?: "hang" | "throw" | "flap" | "slow" | "die" | "exhaust";
  /** When the fault begins, RFC 3339. */
  at?: string;
  /** For `slow`. */
  delayMs?: number;
}

export interface Instance {
  /** 0 is the daemon's own host. */
  id: number;
  name: string;
  ip: string;
  /** Seconds. */
  interval: number;
  kind: InstanceKind;
  target: string | null;
  /** Name of the profile with which its target is connected to. */
  profile: string | null;
  /** Name of the module with which it is probed. */
  module: string | null;
  labels: Record<string, string>;
  simulation: Simulation | null;
  source: string;
  status: InstanceStatus;
  /** Why it is down; null otherwise. */
  reason: string | null;
  /** When it got its status. */
  since: string;
  createdAt: string;
}

export interface NewInstance {
  name: string;
  ip: string;
  interval?: number;
  kind?: "simulated" | "scrape" | "probe";
  target?: string;
  profile?: string;
  module?: string;
  labels?: Record<string, string>;
  simulation?: Simulation;
}

export interface InstancePatch {
  name?: string;
  ip?: string;
  interval?: number;
  labels?: Record<string, string>;
  target?: string | null;
  profile?: string | null;
  module?: string | null;
  simulation?: Simulation | null;
}

export interface InstanceList {
  items: Instance[];
  /** Pass it as `cursor` for the next page; null on the last. */
  nextCursor: string | null;
}

/** Results in the order of the request; each is an instance or a problem. */
export interface BulkResult {
  created: number;
  failed: number;
  results: ({ status: 201; instance: Instance } | { status: number; problem: Problem })[];
}

export interface BulkRemoval {
  removed: number;
}

export interface Collector {
  name: string;
  enabled: boolean;
  /** `setting`: fixed by a flag, the environment or the configuration file. `api`: switched at run time. */
  origin: "default" | "setting" | "api";
  /** It did not return, and is left out until it does in a child process. */
  hung: boolean;
  /** RFC 3339; null before the first. */
  lastSuccess: string | null;
}

export interface CollectorList {
  /** In alphabetical order. */
  items: Collector[];
}

/** True and false switch a collector on and off, null back to its default. */
export type CollectorChanges = Readonly<Record<string, boolean | null>>;

/** How the collection of an instance went that was not added. */
export interface DryRun {
  status: "up" | "down";
  /** Why it is down; null otherwise. */
  reason: string | null;
  message: string | null;
  /** Seconds; null when it is down. */
  duration: number | null;
  series: number;
}

export interface DiscoverySource {
  name: string;
  /** Where it looks: a path or an address. */
  location: string;
  instances: number;
  /** RFC 3339; null: never. */
  lastSuccess: string | null;
  /** Of the last reading; then the instances found before stay. */
  problems: string[];
  /** Names that other instances have. */
  skipped: string[];
  /** Instances that it no longer has, which stay for a while. */
  vanished: number;
  /** A change that waits to be accepted: numbers of instances. */
  held: { added: number; changed: number; removed: number; since: string } | null;
}

/** A target that a scrape configuration finds; `labels` and `url` are null when relabelling dropped it. */
export interface DiscoveredTarget {
  discoveredLabels: Record<string, string>;
  labels: Record<string, string> | null;
  url: string | null;
}

/** What a scrape configuration would change now: numbers of targets and of instances. */
export interface DiscoveryTest {
  targets: number;
  instances: number;
  added: number;
  changed: number;
  removed: number;
  /** Whether the change would wait to be accepted. */
  held: boolean;
  problems: string[];
}

export interface DiscoveredTargetList {
  items: DiscoveredTarget[];
}

export interface DiscoverySourceList {
  items: DiscoverySource[];
}

export interface InstanceMetrics {
  /** As in the request: 0 for the daemon's own host. */
  instanceId: number;
  name: string;
  status: InstanceStatus;
  reason: string | null;
  timestamp: string;
  /** Percent. */
  cpuUsage: number | null;
  /** Percent. */
  memoryUsage: number | null;
  /** Seconds. */
  uptime: number | null;
  /** All core metrics by name. */
  metrics: Record<string, number | null>;
}

export interface InstanceSeries {
  instanceId: number;
  name: string;
  /** Null for an instance without series. */
  timestamp: string | null;
  families: SeriesFamily[];
}

export interface SeriesFamily {
  name: string;
  type: "counter" | "gauge" | "histogram" | "summary" | "untyped";
  help: string;
  /** A value is a number, or NaN, +Inf or -Inf as a text. */
  series: { name: string; labels: Record<string, string>; value: number | string }[];
}

export interface History {
  instanceId: number;
  name: string;
  from: string;
  to: string;
  /** Seconds. */
  step: number;
  /** The table that was queried. */
  resolution: "raw";
  metrics: string[];
  /** `[timestamp in seconds, value, ...]` in the order of `metrics`; steps without rows are omitted. */
  points: (number | null)[][];
}

export interface Health {
  status: "ok" | "degraded";
  /** Why it is degraded, one sentence each. */
  problems: string[];
  version: string;
  /** Seconds since the daemon started. */
  uptime: number;
  /** `exposed`: those with series of their own on /metrics. */
  instances: { total: number; up: number; down: number; stale: number; pending: number; exposed: number };
  storage: { kind: "postgres" | "memory"; available: boolean; location: string; reason: string | null };
  spool: { rows: number; rowsMax: number; oldestSeconds: number | null; dropped: number };
  threads: { configured: number; running: number; replaced: number; stuck: number };
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** Stable; see the table of error codes. */
  code: string;
  /** All invalid fields. */
  errors?: { pointer: string; detail: string }[];
}

export interface LabelList {
  items: Label[];
}

export interface Label {
  name: string;
  /** Number of its values. */
  valuesTotal: number;
  /** Those of the most instances first, at most 1,000. */
  values: LabelValue[];
}

/** Numbers of instances. */
export interface LabelValue extends Record<InstanceStatus, number> {
  value: string;
  total: number;
}

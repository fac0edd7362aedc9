/** Kinds that this release collects. A host is added by its own daemon, the others by users. */
export const INSTANCE_KINDS = ["simulated", "host", "scrape", "probe"] as const;
export type InstanceKind = (typeof INSTANCE_KINDS)[number];

/** `pending`: no collection yet. `stale`: none for two intervals and a second. */
export const INSTANCE_STATUSES = ["up", "down", "stale", "pending"] as const;
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

/**
 * Injected faults of a simulated instance: `hang` blocks its thread in an endless loop, `throw` fails each collection,
 * `flap` fails every other minute, `slow` responds after `simulation.delayMs`, `die` fails permanently from
 * `simulation.at` on, `exhaust` allocates until the heap limit terminates its thread.
 */
export const SIMULATION_FAULTS = ["hang", "throw", "flap", "slow", "die", "exhaust"] as const;
export type SimulationFault = (typeof SIMULATION_FAULTS)[number];

/** Daily profiles of a simulated instance. */
export const SIMULATION_PROFILES = ["web", "database", "batch", "idle"] as const;
export type SimulationProfile = (typeof SIMULATION_PROFILES)[number];

/** Drives a simulated instance; never exported as a label. */
export interface Simulation {
  /** 0 to 2^32 - 1; the same seed gives the same curves. Default: a hash of the name. */
  readonly seed?: number;
  readonly profile?: SimulationProfile;
  readonly fault?: SimulationFault;
  /** When the fault begins, RFC 3339; default at once. */
  readonly at?: string;
  /** For `slow`: the delay of the response, 1 to 600,000 ms; default 30,000. */
  readonly delayMs?: number;
}

/** The fields that a user sets. */
export interface NewInstance {
  readonly name: string;
  readonly ip: string;
  /** Whole seconds, 1 to 86400. */
  readonly interval: number;
  readonly kind: InstanceKind;
  readonly target: string | null;
  /** Name of the profile with which a target is connected to; null: none. */
  readonly profile: string | null;
  /** Name of the module with which a target is probed; null for all other kinds. */
  readonly module: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly simulation: Simulation | null;
  /** `api`, `config` or `discovery:<name>`. */
  readonly source: string;
}

/** A monitored machine. Ids of users' instances start at 1 and are never reused; those of daemons' own hosts are negative. */
export interface Instance extends NewInstance {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
}

/** What PATCH may change, live. */
export type InstanceChange = Partial<
  Pick<NewInstance, "name" | "ip" | "interval" | "labels" | "target" | "profile" | "module" | "simulation">
>;

export const INSTANCE_LIMITS = {
  nameLengthMax: 128,
  intervalSecondsMin: 1,
  intervalSecondsMax: 86_400,
  labelsMax: 16,
  labelNameLengthMax: 64,
  labelValueLengthMax: 256,
  bulkMax: 10_000,
} as const;

/** Label names that the exposition itself sets on an instance's series, or Prometheus on a target's. */
export const RESERVED_LABELS = [
  "id",
  "name",
  "ip",
  "kind",
  "source",
  "status",
  "job",
  "instance",
  "le",
  "quantile",
] as const;

/** Names that begin with two underscores are reserved by Prometheus. */
export const LABEL_NAME_PATTERN = /^(?!__)[a-z_][a-z0-9_]*$/;

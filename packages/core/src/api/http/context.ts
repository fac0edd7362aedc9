import type { Health } from "@cloud-monitor/client";
import type { DryRun } from "../../collection/dry-runs.ts";
import type { Config } from "../../config/config.ts";
import type { Discovery } from "../../discovery/discovery.ts";
import type { Exposition } from "../../exposition/exposition.ts";
import type { HttpRecorder } from "../../exposition/sources.ts";
import type { CollectorSwitches } from "../../fleet/collector-switches.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Inventory } from "../../fleet/inventory.ts";
import type { Clock } from "../../model/clock.ts";
import type { NewInstance } from "../../model/instance.ts";
import type { Storage } from "../../model/storage.ts";
import type { TargetDefinitions } from "../../model/target-definitions.ts";
import type { TargetRules } from "../../platform/target-judge.ts";
import type { Logger } from "../../model/logger.ts";

/** The settings that the API follows. */
export type ApiConfig = Pick<Config, "http" | "metrics"> & {
  readonly instances: Pick<Config["instances"], "defaultInterval">;
};

/** What the API needs from the daemon. */
export interface ApiContext {
  readonly version: string;
  /** The current configuration: a reload may change it between two requests. */
  readonly config: () => ApiConfig;
  /** Where targets may be. */
  readonly targetRules: TargetRules;
  readonly definitions: () => TargetDefinitions;
  /** Collects an instance once that does not exist. */
  readonly dryRun: (instance: NewInstance) => Promise<DryRun>;
  /** Collects an instance of this daemon out of turn. */
  readonly collect: (id: number) => void;
  readonly discovery: Pick<Discovery, "syncs" | "sync" | "refuseManaged">;
  readonly clock: Clock;
  /** Resolves after the event loop has served everything that was waiting. */
  readonly yieldToLoop: () => Promise<void>;
  readonly logger: Logger;
  readonly fleet: Fleet;
  readonly inventory: Inventory;
  readonly storage: Pick<Storage, "events" | "history">;
  readonly exposition: Pick<Exposition, "familiesOf" | "places" | "render" | "textOf">;
  /** False before the start is complete: then only the probes are served. */
  readonly isOpen: () => boolean;
  readonly health: () => HealthParts;
  /** Reloads the configuration. Throws `RELOAD_INVALID` with every problem in its details. */
  readonly reload: () => Promise<ReloadOutcome>;
  readonly profiler: Profiler;
  /** The collectors of this host. */
  readonly collectors: {
    readonly switches: Pick<CollectorSwitches, "change" | "list">;
    /** Names of those that did not return. */
    readonly hung: () => readonly string[];
    /** Seconds since 1970, by name. */
    readonly lastSuccessSeconds: () => Readonly<Record<string, number>>;
  };
  /** `exposition.http` */
  readonly httpRecorder: HttpRecorder;
}

/** The parts of the health that the fleet does not provide. */
export interface HealthParts extends Pick<Health, "problems" | "storage" | "spool" | "threads"> {
  /** Started, not stopping, and the database is available. */
  readonly ready: boolean;
  readonly uptimeSeconds: number;
}

export interface ReloadOutcome {
  /** Settings that took effect. */
  readonly changed: readonly string[];
  /** Settings that need a restart. */
  readonly restartNeeded: readonly string[];
}

export const PROFILE_KINDS = ["cpu", "heap"] as const;
export type ProfileKind = (typeof PROFILE_KINDS)[number];

export interface Profiler {
  /** A `.cpuprofile` over `seconds`, or a `.heapsnapshot`, in pieces. `PROFILE_RUNNING` while another one is recorded. */
  take(kind: ProfileKind, seconds: number): Promise<AsyncIterable<string>>;
}

import type { DropReason } from "../delivery/row-accounting.ts";
import type { FleetView } from "../fleet/fleet-view.ts";

/** All that a page of metrics is made of. */
export interface ExpositionSources {
  readonly fleet: FleetView;
  stats(): DaemonStats;
}

/** Counts by reason or name; each key becomes a label value, so the set of keys must be bounded. */
export type CountsBy = Readonly<Record<string, number>>;

/** Of one sink, in rows: found + collected = delivered + waiting + quarantined + sum of dropped. */
export interface SinkCounts {
  readonly found: number;
  readonly collected: number;
  readonly delivered: number;
  /** Now, and how many may. */
  readonly waiting: number;
  readonly rowsMax: number;
  readonly quarantined: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
  /** How long the oldest row has waited; null when none waits. */
  readonly oldestSeconds: number | null;
  /** Writes that were tried again. */
  readonly retries: number;
}

/** Plain numbers of every part. Counters count since the daemon started. */
export interface DaemonStats {
  readonly version: string;
  /** Start of the process, milliseconds since 1970. */
  readonly startedAtMs: number;
  /** Since then, by the monotonic clock. */
  readonly uptimeSeconds: number;
  /** What became of the rows, by sink. */
  readonly sinks: { readonly storage: SinkCounts };
  readonly schedule: {
    readonly ticks: number;
    /** Steps of the wall clock. */
    readonly clockSteps: number;
    /** `busy`, `replaced`, `suspended`, `overrun`. */
    readonly missed: CountsBy;
    /** `slot`, `interval`. */
    readonly late: CountsBy;
  };
  readonly collections: {
    /** By failure reason. */
    readonly failed: CountsBy;
    /** By host collector. */
    readonly collectorErrors: CountsBy;
  };
  readonly threads: {
    readonly configured: number;
    readonly running: number;
    /** Given up, and yet not ended. */
    readonly stuck: number;
    readonly replacements: CountsBy;
    readonly tickCount: number;
    readonly tickSeconds: number;
    readonly tickSecondsMax: number;
  };
  readonly storage: {
    readonly available: boolean;
    readonly batches: number;
    readonly writeSeconds: number;
    /** By table. */
    readonly partitionsDropped: CountsBy;
    readonly retentionHoldSeconds: number;
  };
  /** `success`, `failure`. */
  readonly configReloads: CountsBy;
  readonly logLinesDropped: number;
}

/** Why the HTTP server ended a connection before its client did. */
export const CONNECTION_DROP_REASONS = ["refused", "replaced", "stalled", "deadline", "memory"] as const;
export type ConnectionDropReason = (typeof CONNECTION_DROP_REASONS)[number];

/** Told by the HTTP server of what happens there. */
export interface HttpRecorder {
  countDroppedConnection(reason: ConnectionDropReason): void;
  /** `route` is the route's pattern (`/api/v1/instances/:id`), never the path asked for: series must stay bounded. */
  observe(request: AnsweredRequest): void;
}

export interface AnsweredRequest {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

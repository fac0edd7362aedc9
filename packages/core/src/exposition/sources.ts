import type { MetricSource } from "../model/own-metric.ts";
import type { FleetView } from "../fleet/fleet-view.ts";

/** The sources of /metrics. */
export interface ExpositionSources {
  readonly fleet: FleetView;
  /** The daemon's own metrics except those of its runtime and of HTTP, which are counted here. */
  readonly own: readonly MetricSource[];
}

/** Why the HTTP server closed a connection before its client did. */
export const CONNECTION_DROP_REASONS = ["refused", "replaced", "stalled", "deadline", "memory"] as const;
export type ConnectionDropReason = (typeof CONNECTION_DROP_REASONS)[number];

/** Notified by the HTTP server. */
export interface HttpRecorder {
  countDroppedConnection(reason: ConnectionDropReason): void;
  /** `route` is the route's pattern (`/api/v1/instances/:id`), never the requested path: the number of series must stay bounded. */
  observe(request: CompletedRequest): void;
}

export interface CompletedRequest {
  readonly route: string;
  readonly method: string;
  readonly status: number;
  readonly seconds: number;
}

import type { MetricSource } from "../model/own-metric.ts";
import type { FleetView } from "../fleet/fleet-view.ts";

/** All that a page of metrics is made of. */
export interface ExpositionSources {
  readonly fleet: FleetView;
  /** The daemon's own metrics but those of its runtime and of HTTP, which are counted here. */
  readonly own: readonly MetricSource[];
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

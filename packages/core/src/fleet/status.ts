import type { InstanceStatus } from "../model/instance.ts";

/** What is known of an instance's attempts. Stopwatch times, so that a stepped wall clock makes nobody stale. */
export interface Attempt {
  /** Stopwatch milliseconds of the last attempt in this process; NaN when there was none. */
  readonly attemptedAtMs: number;
  /** A row is known, from this process or from before its start. */
  readonly known: boolean;
  /** The `up` value of the newest row. */
  readonly up: number;
}

const GRACE_MS = 1_000;

/**
 * `pending`: no attempt yet. `up`, `down`: what the last attempt gave. `stale`: no attempt for two intervals and a second,
 * which is also true of rows from before a restart.
 */
export function statusOf(attempt: Attempt, intervalSeconds: number, nowMs: number): InstanceStatus {
  if (!attempt.known) return "pending";
  if (Number.isNaN(attempt.attemptedAtMs)) return "stale";
  if (nowMs - attempt.attemptedAtMs > 2_000 * intervalSeconds + GRACE_MS) return "stale";
  return attempt.up === 1 ? "up" : "down";
}

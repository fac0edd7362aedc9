import type { InstanceStatus } from "../model/instance.ts";

/** What is known about the collections of an instance. Monotonic times, so that a clock step makes no instance stale. */
export interface Attempt {
  /** Monotonic time of the last collection in this process, milliseconds; NaN when there was none. */
  readonly attemptedAtMs: number;
  /** Whether a row is known, from this process or an earlier one. */
  readonly known: boolean;
  /** The `up` value of the latest row. */
  readonly up: number;
}

const GRACE_MS = 1_000;

/** Time without a row after which an instance is stale: two intervals and a second. */
export function staleAfterMs(intervalSeconds: number): number {
  return 2_000 * intervalSeconds + GRACE_MS;
}

/**
 * `pending`: no collection yet. `up`, `down`: the result of the last one. `stale`: none for two intervals and a second,
 * which includes rows from before a restart.
 */
export function statusOf(attempt: Attempt, intervalSeconds: number, nowMs: number): InstanceStatus {
  if (!attempt.known) return "pending";
  if (Number.isNaN(attempt.attemptedAtMs)) return "stale";
  if (nowMs - attempt.attemptedAtMs > staleAfterMs(intervalSeconds)) return "stale";
  return attempt.up === 1 ? "up" : "down";
}

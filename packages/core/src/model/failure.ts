/**
 * Why an attempt to collect failed; the index is the code in a batch's `reasons`, so new ones go at the end.
 * `hung`: it blocked its thread. `crashed`: it ended its thread. `failed`: its collector threw. `died`: a rehearsed death.
 */
export const FAILURE_REASONS = [
  "none",
  "failed",
  "timeout",
  "hung",
  "crashed",
  "refused",
  "died",
  "unsupported",
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

/** Thrown by a collector that knows why it failed; any other error counts as `failed`. */
export class CollectFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CollectFailure";
    this.reason = reason;
  }
}

/** The reason that anything thrown in a collection stands for. */
export function reasonOf(error: unknown): FailureReason {
  const reason = typeof error === "object" && error !== null && "reason" in error ? error.reason : undefined;
  return FAILURE_REASONS.find((known) => known === reason) ?? "failed";
}

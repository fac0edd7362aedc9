/**
 * Why a collection failed; the index is the code in a batch's `reasons`, so new ones go at the end.
 * `hung`: it blocked its thread. `crashed`: it terminated its thread. `failed`: its collector threw. `died`: the injected fault `die`.
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

/** Thrown by a collector that knows the reason; any other error counts as `failed`. */
export class CollectFailure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "CollectFailure";
    this.reason = reason;
  }
}

/** The failure reason for anything thrown in a collection. */
export function reasonOf(error: unknown): FailureReason {
  const reason = typeof error === "object" && error !== null && "reason" in error ? error.reason : undefined;
  return FAILURE_REASONS.find((known) => known === reason) ?? "failed";
}

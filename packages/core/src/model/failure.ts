/**
 * Why a collection failed; the index is the code in a batch's `reasons`, so new ones go at the end.
 * `unreachable`: no connection, or a broken one. `unresolved`: its name has no address. `forbidden`: the daemon must not connect
 * there. `invalid`: the response is not what was wanted.
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
  "unreachable",
  "unresolved",
  "forbidden",
  "invalid",
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

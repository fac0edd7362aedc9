import type { Clock } from "../model/clock.ts";

interface Bucket {
  allowance: number;
  atMs: number;
}

/** A page in a browser sends dozens of requests at once before it learns that it needs a token. */
const BURST = 60;
const PER_SECOND = 1;
const CLIENTS_MAX = 4_096;

/** How long a rejected client should wait. */
export const RETRY_AFTER_ATTEMPTS_SECONDS = Math.ceil(1 / PER_SECOND);

/**
 * A token bucket per client, from which only failures draw. A request with the right token is never limited, so a client
 * with the same address as an attacker is not locked out. Beyond 4,096 clients the least recently seen one is evicted.
 */
export class FailedAttempts {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get clients(): number {
    return this.#buckets.size;
  }

  /** Records a failure. False when this client failed too often recently. */
  note(client: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(client) ?? { allowance: BURST, atMs: nowMs };
    bucket.allowance = Math.min(BURST, bucket.allowance + ((nowMs - bucket.atMs) / 1_000) * PER_SECOND);
    bucket.atMs = nowMs;
    // Re-inserted, so that the map is in the order of the last failures.
    this.#buckets.delete(client);
    if (this.#buckets.size >= CLIENTS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(client, bucket);
    if (bucket.allowance < 1) return false;
    bucket.allowance--;
    return true;
  }
}

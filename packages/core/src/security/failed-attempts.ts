import type { Clock } from "../model/clock.ts";

interface Bucket {
  allowance: number;
  atMs: number;
}

/** A page of a browser makes dozens of requests at once before it learns that it needs a token. */
const BURST = 60;
const PER_SECOND = 1;
const CLIENTS_MAX = 4_096;

/** How long a client that was refused should wait. */
export const RETRY_AFTER_ATTEMPTS_SECONDS = Math.ceil(1 / PER_SECOND);

/**
 * A token bucket per client that only failures draw from. A request with the right token never asks here, so a client
 * behind the same address as an attacker is not locked out. The longest unseen client is forgotten beyond 4,096.
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

  /** Notes a failure. False when this client failed too often of late. */
  note(client: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(client) ?? { allowance: BURST, atMs: nowMs };
    bucket.allowance = Math.min(BURST, bucket.allowance + ((nowMs - bucket.atMs) / 1_000) * PER_SECOND);
    bucket.atMs = nowMs;
    // Set again, so that the map is in the order of the last failures.
    this.#buckets.delete(client);
    if (this.#buckets.size >= CLIENTS_MAX) this.#buckets.delete(this.#buckets.keys().next().value!);
    this.#buckets.set(client, bucket);
    if (bucket.allowance < 1) return false;
    bucket.allowance--;
    return true;
  }
}

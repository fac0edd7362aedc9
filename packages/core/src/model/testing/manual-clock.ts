import type { CancelTimer, Clock } from "../clock.ts";

/** A clock that only moves when a test advances it; `advance` runs due timers, in order. */
export class ManualClock implements Clock {
  #wallMs: number;
  #monotonicMs = 0;
  #timers: { dueMs: number; task: () => void }[] = [];

  constructor(wallMs = Date.UTC(2026, 0, 1)) {
    this.#wallMs = wallMs;
  }

  wallMs(): number {
    return this.#wallMs;
  }

  monotonicMs(): number {
    return this.#monotonicMs;
  }

  after(delayMs: number, task: () => void): CancelTimer {
    const timer = { dueMs: this.#monotonicMs + Math.max(0, delayMs), task };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Advances both clocks and runs due timers, each at its own time. */
  advance(ms: number): void {
    const endMs = this.#monotonicMs + ms;
    for (;;) {
      const next = this.#timers.filter((timer) => timer.dueMs <= endMs).sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((other) => other !== next);
      this.#moveTo(Math.max(next.dueMs, this.#monotonicMs));
      next.task();
    }
    this.#moveTo(endMs);
  }

  /** Advances both clocks as after a suspension of the process: due timers run once, late. */
  freeze(ms: number): void {
    const dueAt = this.#monotonicMs + ms;
    this.#moveTo(dueAt);
    const late = this.#timers.filter((timer) => timer.dueMs <= dueAt).sort((a, b) => a.dueMs - b.dueMs);
    this.#timers = this.#timers.filter((timer) => !late.includes(timer));
    for (const timer of late) timer.task();
  }

  /** Steps only the wall clock, as an operator or NTP would. */
  stepWall(ms: number): void {
    this.#wallMs += ms;
  }

  /** Pending timers: a test that ends with some has a leak. */
  get pending(): number {
    return this.#timers.length;
  }

  #moveTo(monotonicMs: number): void {
    this.#wallMs += monotonicMs - this.#monotonicMs;
    this.#monotonicMs = monotonicMs;
  }
}

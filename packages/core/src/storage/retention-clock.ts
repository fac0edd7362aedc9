import type { Clock } from "../model/clock.ts";

/**
 * What a storage records about time from one maintenance to the next, also across restarts. Run time is monotonic time
 * during which daemons used this storage: it never exceeds the actual elapsed time, whatever the wall clock says.
 */
export interface RetentionState {
  /** Wall clock at the last maintenance. */
  readonly seenMs: number;
  readonly runMs: number;
  /** Run time at the last step of the clock or gap; null when there was none, or long ago. */
  readonly disturbedAtRunMs: number | null;
  /**
   * Run time at which a partition was last the current one, by its name: of all partitions while disturbed, and of those that
   * were current by a clock that the database server's clock contradicted.
   */
  readonly currentUntilRunMs: Readonly<Record<string, number>>;
}

/** A longer clock step, or a longer time without a daemon, is a disturbance. */
const TOLERANCE_MS = 3_600_000;

/**
 * Decides whether the wall clock can be trusted for deletions. After a step or a gap nothing may be dropped for one retention
 * period of run time: a partition kept that long is actually past retention, even if the clock is wrong. One kept for two
 * periods is dropped even if disturbances never end, as on a machine that is off every night.
 */
export class RetentionClock {
  readonly #clock: Clock;
  /** Of the table with the longest retention: after this run time a disturbance is over. */
  readonly #forgetAfterMs: number;
  /** Wall clock minus monotonic clock at the first check of this process, or after the last step: small steps add up. */
  #offsetMs: number | null = null;
  #lookedAtMs = 0;

  constructor(clock: Clock, forgetAfterMs: number) {
    this.#clock = clock;
    this.#forgetAfterMs = forgetAfterMs;
  }

  /** The state after this maintenance; `null` is the state of a storage that has none and may have rows of any time. */
  look(before: RetentionState | null): RetentionState {
    const nowMs = this.#clock.wallMs();
    const monotonicMs = this.#clock.monotonicMs();
    const isDisturbed = before === null || this.#isDisturbed(before.seenMs, nowMs - monotonicMs);
    const elapsedMs = this.#offsetMs === null ? 0 : monotonicMs - this.#lookedAtMs;
    if (isDisturbed || this.#offsetMs === null) this.#offsetMs = nowMs - monotonicMs;
    this.#lookedAtMs = monotonicMs;
    const { runMs, disturbedAtRunMs, currentUntilRunMs } = before ?? FIRST;
    if (isDisturbed) return { seenMs: nowMs, runMs, disturbedAtRunMs: runMs, currentUntilRunMs };
    // Daemons that share a storage alternate: time counted by one is not counted again by another.
    const nextRunMs = runMs + Math.max(0, Math.min(elapsedMs, nowMs - before.seenMs));
    const isOver = disturbedAtRunMs !== null && nextRunMs - disturbedAtRunMs >= this.#forgetAfterMs;
    if (isOver || disturbedAtRunMs === null) {
      const isYoung = ([, untilRunMs]: [string, number]) => nextRunMs - untilRunMs < this.#forgetAfterMs;
      const young = Object.fromEntries(Object.entries(currentUntilRunMs).filter(isYoung));
      return { ...trusted(nowMs, nextRunMs), currentUntilRunMs: young };
    }
    return { seenMs: nowMs, runMs: nextRunMs, disturbedAtRunMs, currentUntilRunMs };
  }

  #isDisturbed(seenMs: number, offsetMs: number): boolean {
    const aheadMs = offsetMs + this.#clock.monotonicMs() - seenMs;
    if (aheadMs < -TOLERANCE_MS) return true;
    // A process that checked before knows the elapsed time from the monotonic clock.
    return (this.#offsetMs === null ? aheadMs : Math.abs(offsetMs - this.#offsetMs)) > TOLERANCE_MS;
  }
}

const FIRST: RetentionState = { seenMs: 0, runMs: 0, disturbedAtRunMs: 0, currentUntilRunMs: {} };

/** The state of a storage whose rows, if any, extend to the present. */
export function trusted(nowMs: number, runMs = 0): RetentionState {
  return { seenMs: nowMs, runMs, disturbedAtRunMs: null, currentUntilRunMs: {} };
}

/** Records for each partition when it was last the current one; `isCurrent`: its day has not ended, so rows may arrive. */
export function noteCurrent(
  state: RetentionState,
  partitions: readonly { readonly name: string; readonly isCurrent: boolean }[],
): RetentionState {
  if (state.disturbedAtRunMs === null) return state;
  const untilRunMs = partitions.map(({ name, isCurrent }) => {
    const known = isCurrent ? undefined : state.currentUntilRunMs[name];
    return [name, known ?? state.runMs] as const;
  });
  return { ...state, currentUntilRunMs: Object.fromEntries(untilRunMs) };
}

/** Records partitions that may have received rows under a contradicted clock: they are kept for a retention period of run time. */
export function noteContradicted(state: RetentionState, names: readonly string[]): RetentionState {
  const noted = Object.fromEntries(names.map((name) => [name, state.runMs]));
  return { ...state, currentUntilRunMs: { ...state.currentUntilRunMs, ...noted } };
}

/** Remaining run time until the wall clock alone decides again. */
export function holdMs({ runMs, disturbedAtRunMs }: RetentionState, retentionMs: number): number {
  return disturbedAtRunMs === null ? 0 : Math.max(0, disturbedAtRunMs + retentionMs - runMs);
}

/** Whether a partition whose day is past retention by the wall clock may be dropped. */
export function mayDrop(state: RetentionState, name: string, retentionMs: number): boolean {
  const currentUntilRunMs = state.currentUntilRunMs[name];
  const keptMs = currentUntilRunMs === undefined ? null : state.runMs - currentUntilRunMs;
  if (holdMs(state, retentionMs) === 0) return keptMs === null || keptMs >= retentionMs;
  return keptMs !== null && keptMs >= 2 * retentionMs;
}

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { holdMs, mayDrop, noteCurrent, RetentionClock, trusted, type RetentionState } from "./retention-clock.ts";
import { DAY_MS, rowWindow, startOfDay } from "./row-window.ts";

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const RETENTION_MS = 2 * DAY_MS;
const FORGET_MS = 7 * DAY_MS;

/** A storage with daily partitions, whose daemons start, stop, and have a clock that steps. It knows the true time. */
class Storage {
  readonly clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
  /** When each day's partition was last written to, in true time. */
  readonly written = new Map<number, number>();
  /** For how long after its last row each dropped partition was kept, in true time. */
  readonly keptMs: number[] = [];
  state: RetentionState | null = trusted(this.clock.wallMs());
  #daemon: RetentionClock | null = null;
  /** Elapsed true time without a daemon, which the monotonic clock of a process does not include. */
  #offMs = 0;

  /** A daemon runs, is started if there is none, and does maintenance once in `everyMs`. */
  run(ms: number, everyMs = HOUR_MS): void {
    if (this.#daemon === null) this.#start();
    for (let left = ms; left > 0; left -= everyMs) {
      this.clock.advance(Math.min(left, everyMs));
      this.#write();
      this.look();
    }
  }

  off(ms: number): void {
    this.#daemon = null;
    this.clock.stepWall(ms);
    this.#offMs += ms;
  }

  restart(): void {
    this.off(0);
    this.#start();
  }

  look(daemon = this.#daemon!): void {
    const nowMs = this.clock.wallMs();
    const days = [...this.written.keys()];
    const named = days.map((day) => ({ name: String(day), isCurrent: day >= startOfDay(nowMs) }));
    const state = noteCurrent(daemon.look(this.state), named);
    this.state = state;
    for (const day of days) {
      if (day >= rowWindow(nowMs, RETENTION_MS).fromMs || !mayDrop(state, String(day), RETENTION_MS)) continue;
      this.keptMs.push(this.#trueMs - this.written.get(day)!);
      this.written.delete(day);
    }
  }

  get #trueMs(): number {
    return this.clock.monotonicMs() + this.#offMs;
  }

  #start(): void {
    this.#daemon = new RetentionClock(this.clock, FORGET_MS);
    this.look();
  }

  #write(): void {
    this.written.set(startOfDay(this.clock.wallMs()), this.#trueMs);
  }
}

describe("a clock that is wrong lets nothing go:", () => {
  test.each([
    ["3 days ahead", 3 * DAY_MS],
    ["30 days ahead", 30 * DAY_MS],
    ["in 2038", Date.UTC(2038, 0, 19, 3, 15) - Date.UTC(2026, 10, 21, 12)],
    ["3 days behind", -3 * DAY_MS],
    ["in 1970", 1 - Date.UTC(2026, 10, 21, 12)],
  ])("a start %s, and a start with the right time after it", (_words, stepMs) => {
    const storage = new Storage();
    storage.run(3 * DAY_MS);
    const before = storage.keptMs.length;

    storage.clock.stepWall(stepMs);
    storage.restart();
    storage.run(10_000);
    storage.clock.stepWall(-stepMs);
    storage.restart();
    storage.run(10_000);

    expect(storage.keptMs).toHaveLength(before);
    expect(storage.written.has(Date.UTC(2026, 10, 22))).toBe(true);
  });

  test.each([
    ["ahead", 30 * DAY_MS],
    ["behind", -30 * DAY_MS],
  ])("a step %s while a daemon runs, and back", (_words, stepMs) => {
    const storage = new Storage();
    storage.run(3 * DAY_MS);
    const before = storage.keptMs.length;

    storage.clock.stepWall(stepMs);
    storage.run(HOUR_MS);
    storage.clock.stepWall(-stepMs);
    storage.run(HOUR_MS);

    expect(storage.keptMs).toHaveLength(before);
  });

  test("many steps of 50 minutes each, since they add up", () => {
    const storage = new Storage();
    storage.run(3 * DAY_MS);
    const before = storage.keptMs.length;

    for (let step = 0; step < 100; step++) {
      storage.clock.stepWall(50 * MINUTE_MS);
      storage.run(MINUTE_MS);
    }

    expect(storage.keptMs).toHaveLength(before);
  });

  test("restarts and the time between them, which do not count as run time", () => {
    const storage = new Storage();
    storage.run(3 * DAY_MS);
    const before = storage.keptMs.length;

    storage.clock.stepWall(30 * DAY_MS);
    for (let start = 0; start < 10; start++) {
      storage.restart();
      storage.run(4 * HOUR_MS);
      storage.off(50 * MINUTE_MS);
    }

    expect(storage.keptMs).toHaveLength(before);
  });

  test("a storage of which nothing is known", () => {
    const storage = new Storage();
    storage.run(3 * HOUR_MS);
    storage.state = null;
    storage.clock.stepWall(30 * DAY_MS);

    storage.restart();
    storage.run(RETENTION_MS - HOUR_MS);

    expect(storage.keptMs).toEqual([]);
  });
});

describe("after a step or a gap", () => {
  test.each([
    ["five days off", (storage: Storage) => storage.off(5 * DAY_MS)],
    ["a step that stays", (storage: Storage) => storage.clock.stepWall(30 * DAY_MS)],
  ])("of %s partitions go after one retention period of run time, no sooner", (_words, disturb) => {
    const storage = new Storage();
    storage.run(3 * HOUR_MS);
    disturb(storage);

    storage.run(RETENTION_MS - HOUR_MS);
    const during = storage.keptMs.length;
    storage.run(2 * HOUR_MS);

    expect(during).toBe(0);
    expect(storage.keptMs).toHaveLength(1);
    expect(storage.keptMs[0]).toBeGreaterThanOrEqual(RETENTION_MS);
  });

  test("the remaining time is reported", () => {
    const storage = new Storage();
    storage.run(3 * HOUR_MS);
    const before = holdMs(storage.state!, RETENTION_MS);

    storage.off(5 * DAY_MS);
    storage.run(HOUR_MS);

    expect([before, holdMs(storage.state!, RETENTION_MS)]).toEqual([0, RETENTION_MS - HOUR_MS]);
  });

  test("run time that two daemons share counts once", () => {
    const storage = new Storage();
    const others = [1, 2].map(() => new RetentionClock(storage.clock, FORGET_MS));
    for (const other of others) storage.look(other);
    storage.clock.stepWall(30 * DAY_MS);
    for (const other of others) storage.look(other);

    for (let turn = 1; turn <= 40; turn++) {
      storage.clock.advance(HOUR_MS / 2);
      storage.look(others[turn % 2]);
    }

    expect(holdMs(storage.state!, RETENTION_MS)).toBe(RETENTION_MS - 20 * HOUR_MS);
  });
});

describe("a right clock", () => {
  test("keeps the retention period, also across restarts", () => {
    const storage = new Storage();

    for (let day = 0; day < 20; day++) {
      storage.run(DAY_MS);
      storage.restart();
    }

    expect(Math.min(...storage.written.keys())).toBe(rowWindow(storage.clock.wallMs(), RETENTION_MS).fromMs);
  });

  test("does not keep the data of a machine that is off every night forever", () => {
    const storage = new Storage();

    for (let day = 0; day < 100; day++) {
      storage.run(8 * HOUR_MS);
      storage.off(16 * HOUR_MS);
    }

    // Two retention periods of run time are 12 days of 8 hours each.
    expect(storage.written.size).toBeLessThanOrEqual(14);
    expect(Math.min(...storage.keptMs)).toBeGreaterThanOrEqual(RETENTION_MS);
  });
});

test("no partition is dropped before one retention period has actually passed, whatever clock and daemons do", () => {
  const minutes = fc.integer({ min: 1, max: 6 * 24 * 60 }).map((many) => many * MINUTE_MS);
  const act = fc.oneof(
    minutes.map((ms) => (storage: Storage) => storage.run(ms, 5 * HOUR_MS)),
    minutes.map((ms) => (storage: Storage) => storage.run(ms, HOUR_MS)),
    minutes.map((ms) => (storage: Storage) => storage.off(ms)),
    fc.integer({ min: -60, max: 60 }).map((days) => (storage: Storage) => storage.clock.stepWall(days * DAY_MS)),
    fc.integer({ min: 61, max: 300 }).map((many) => (storage: Storage) => storage.clock.stepWall(many * MINUTE_MS)),
    fc.constant((storage: Storage) => storage.restart()),
  );
  fc.assert(
    fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
      const storage = new Storage();
      storage.run(DAY_MS);

      for (const one of acts) one(storage);

      // Steps of up to an hour are tolerated.
      for (const keptMs of storage.keptMs) expect(keptMs).toBeGreaterThanOrEqual(RETENTION_MS - HOUR_MS);
    }),
  );
});

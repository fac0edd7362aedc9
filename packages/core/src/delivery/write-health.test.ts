import { beforeEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { WriteHealth } from "./write-health.ts";

let clock: ManualClock;
let health: WriteHealth;
let waitingSinceMs: number | null;
let log: string[];

beforeEach(() => {
  clock = new ManualClock();
  waitingSinceMs = null;
  log = [];
  const note = (message: string) => log.push(message);
  const logger = { ...silentLogger, info: note, warn: note };
  health = new WriteHealth({ clock, logger, oldestWaitingMs: () => waitingSinceMs });
});

/** Reports a failure, or a success, per second. */
function pass(seconds: number, outcome: "fail" | "succeed" | "nothing"): void {
  for (let second = 0; second < seconds; second++) {
    clock.advance(1_000);
    if (outcome === "fail") health.failed("read-only");
    if (outcome === "succeed") health.succeeded();
    health.update();
  }
}

describe("the storage is available", () => {
  test("from the first connection on, and not before", () => {
    const before = [health.available, health.reason];
    health.notConnected("connection refused");
    const refused = health.reason;
    health.connected();

    expect(before).toEqual([false, "it is starting"]);
    expect(refused).toBe("connection refused");
    expect([health.available, health.reason]).toEqual([true, null]);
  });

  test("while there is nothing to write", () => {
    health.connected();

    pass(3_600, "nothing");

    expect(health.available).toBe(true);
  });

  test("during problems of less than 10 s, however often they occur", () => {
    health.connected();

    for (let round = 0; round < 10; round++) {
      pass(9, "fail");
      pass(1, "succeed");
    }

    expect(health.available).toBe(true);
    expect(log).toEqual([]);
  });

  test("while a long queue shrinks", () => {
    health.connected();
    waitingSinceMs = clock.monotonicMs();

    pass(600, "succeed");

    expect(health.available).toBe(true);
  });
});

describe("the storage is unavailable", () => {
  test("after 10 s of failed writes, for the reason of the last one", () => {
    health.connected();

    pass(10, "fail");
    const early = health.available;
    pass(1, "fail");

    expect([early, health.available, health.reason]).toEqual([true, false, "read-only"]);
  });

  test("after a write, or a probe, without a response for 10 s", () => {
    health.connected();
    pass(60, "succeed");
    waitingSinceMs = clock.monotonicMs();

    pass(12, "nothing");
    const row = [health.available, health.reason];
    waitingSinceMs = null;
    pass(20, "succeed");
    health.probeStarted();
    pass(10, "nothing");

    expect(row).toEqual([false, "the database has not responded to a write for 12 s"]);
    expect(health.available).toBe(false);
  });

  test("until writes have succeeded for 5 s: one success among failures is not enough", () => {
    health.connected();
    pass(20, "fail");

    const among: boolean[] = [];
    for (let round = 0; round < 20; round++) {
      pass(1, "succeed");
      pass(1, "fail");
      among.push(health.available);
    }
    pass(5, "succeed");
    const early = health.available;
    pass(1, "succeed");

    expect(new Set(among)).toEqual(new Set([false]));
    expect([early, health.available]).toEqual([false, true]);
  });

  test("logged once, and its end once, whatever happens in between", () => {
    health.connected();

    pass(20, "fail");
    pass(3, "succeed");
    pass(40, "fail");
    pass(20, "succeed");

    expect(log).toEqual(["database unavailable, buffering samples", "database available again"]);
  });

  test("but not logged again after a failure that its reporter logged", () => {
    health.connected();

    for (let second = 0; second < 20; second++) {
      clock.advance(1_000);
      health.failed("the table is missing", { isLogged: true });
    }
    const during = health.available;
    pass(20, "succeed");

    expect(during).toBe(false);
    expect(log).toEqual(["database available again"]);
  });

  test("after a success without further writes", () => {
    health.connected();
    pass(20, "fail");

    health.succeeded();
    waitingSinceMs = clock.monotonicMs();
    pass(60, "nothing");

    expect(health.available).toBe(false);
  });
});

test("whatever happens, two changes to available are at least 15 s apart", () => {
  const second = fc.constantFrom("fail" as const, "succeed" as const, "nothing" as const);
  fc.assert(
    fc.property(fc.array(second, { minLength: 50, maxLength: 400 }), fc.boolean(), (seconds, isWaiting) => {
      const time = new ManualClock();
      const since = isWaiting ? 0 : null;
      const one = new WriteHealth({ clock: time, logger: silentLogger, oldestWaitingMs: () => since });
      one.connected();
      const recoveries: number[] = [];
      let was = true;
      for (const outcome of seconds) {
        time.advance(1_000);
        if (outcome === "fail") one.failed("no");
        if (outcome === "succeed") one.succeeded();
        const is = one.available;
        if (is && !was) recoveries.push(time.monotonicMs());
        was = is;
      }

      const gaps = recoveries.slice(1).map((at, index) => at - recoveries[index]!);
      expect(gaps.filter((gap) => gap < 15_000)).toEqual([]);
    }),
  );
});

import { expect, test } from "@jest/globals";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { FailedAttempts } from "./failed-attempts.ts";

function failuresAllowed(attempts: FailedAttempts, client: string, tries: number): number {
  return Array.from({ length: tries }, () => attempts.note(client)).filter(Boolean).length;
}

test("60 failures at once are allowed, then one per second, and at most 60 are saved up", () => {
  const clock = new ManualClock();
  const attempts = new FailedAttempts(clock);

  const taken = [0, 999, 1, 5_000, 3_600_000].map((ms) => {
    clock.advance(ms);
    return failuresAllowed(attempts, "192.0.2.7", 200);
  });

  expect(taken).toEqual([60, 0, 1, 5, 60]);
});

test("one client's failures are not another's", () => {
  const attempts = new FailedAttempts(new ManualClock());

  failuresAllowed(attempts, "192.0.2.7", 100);

  expect(attempts.note("192.0.2.8")).toBe(true);
});

test("at most 4,096 clients are tracked: the one with the oldest last failure is evicted", () => {
  const attempts = new FailedAttempts(new ManualClock());
  failuresAllowed(attempts, "forgotten", 100);
  failuresAllowed(attempts, "kept", 100);

  for (let i = 0; i < 10_000; i++) {
    attempts.note(`client ${i}`);
    attempts.note("kept");
  }

  expect(attempts.clients).toBe(4_096);
  expect(attempts.note("kept")).toBe(false);
  expect(attempts.note("forgotten")).toBe(true);
});

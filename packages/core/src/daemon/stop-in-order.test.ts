import { expect, test } from "@jest/globals";
import type { Logger } from "../model/logger.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { stopInOrder } from "./stop-in-order.ts";
import type { StopStep } from "./stop-in-order.ts";

const TOTAL_MS = 9_000;
const never = () => new Promise<void>(() => {});

function rig() {
  const clock = new ManualClock();
  const startedMs = clock.monotonicMs();
  const errors: unknown[] = [];
  const begun: (readonly [part: string, ms: number])[] = [];
  const logger: Logger = { ...silentLogger, error: (_message, fields) => void errors.push(fields) };
  const step = (part: string, stop: () => Promise<unknown>, times: Partial<StopStep> = {}): StopStep => ({
    part,
    maxMs: 4_000,
    reservedMs: 500,
    ...times,
    stop: () => {
      begun.push([part, clock.monotonicMs() - startedMs]);
      return stop();
    },
  });
  const stop = async (steps: readonly StopStep[]) => {
    const stopped = stopInOrder(steps, { totalMs: TOTAL_MS, clock, logger });
    // All waiting is by timers; time advances only while there is one.
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    while (clock.pending > 0) {
      clock.advance(100);
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    }
    return { isComplete: await stopped, elapsedMs: clock.monotonicMs() - startedMs };
  };
  return { clock, step, stop, begun, errors };
}

test("steps run one after the other, and none takes longer than it needs", async () => {
  const { step, stop, begun, errors } = rig();

  const outcome = await stop([step("a", async () => {}), step("b", async () => {})]);

  expect(outcome).toEqual({ isComplete: true, elapsedMs: 0 });
  expect(begun).toEqual([
    ["a", 0],
    ["b", 0],
  ]);
  expect(errors).toEqual([]);
});

test("a step that hangs takes its share, is logged, and those after it get theirs", async () => {
  const { step, stop, begun, errors } = rig();
  const steps = [step("a", never), step("b", never, { reservedMs: 2_000 }), step("c", never), step("d", never)];

  const outcome = await stop(steps);

  expect(outcome).toEqual({ isComplete: false, elapsedMs: TOTAL_MS });
  expect(begun).toEqual([
    ["a", 0],
    ["b", 4_000],
    ["c", 8_000],
    ["d", 8_500],
  ]);
  expect(errors).toEqual([
    { part: "a", shareMs: 4_000 },
    { part: "b", shareMs: 4_000 },
    { part: "c", shareMs: 500 },
    { part: "d", shareMs: 500 },
  ]);
});

test("a step that fails is logged, and the next one runs; no timer is left", async () => {
  const { clock, step, stop, begun, errors } = rig();

  const outcome = await stop([step("a", () => Promise.reject(new Error("no"))), step("b", async () => {})]);

  expect(outcome.isComplete).toBe(false);
  expect(begun.map(([part]) => part)).toEqual(["a", "b"]);
  expect(errors).toEqual([{ part: "a", error: "no" }]);
  expect(clock.pending).toBe(0);
});

import { expect, test } from "@jest/globals";
import { sleep } from "./sleep.ts";

function handClock() {
  const tasks = new Set<() => void>();
  const after = (_delayMs: number, task: () => void) => {
    tasks.add(task);
    return () => void tasks.delete(task);
  };
  return { tasks, wallMs: () => 0, after };
}

test("sleep ends by the clock", async () => {
  const clock = handClock();

  const sleeping = sleep(clock, 1000, new AbortController().signal);
  for (const task of clock.tasks) task();

  await expect(sleeping).resolves.toBeUndefined();
});

test("sleep rejects with the signal's reason and leaves no timer", async () => {
  const clock = handClock();
  const controller = new AbortController();

  const sleeping = sleep(clock, 1000, controller.signal);
  controller.abort(new Error("interrupted"));

  await expect(sleeping).rejects.toThrow("interrupted");
  expect(clock.tasks.size).toBe(0);
});

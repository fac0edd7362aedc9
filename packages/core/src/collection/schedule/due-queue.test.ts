import { describe, expect, test } from "@jest/globals";
import { DueQueue } from "./due-queue.ts";

describe("DueQueue", () => {
  test("holds an instance once, with its latest slot, in its first position", () => {
    const queue = new DueQueue();

    const added = [queue.add(1, 100), queue.add(1, 200), queue.add(2, 200)];
    const taken = queue.take(0);

    expect(added).toEqual([true, false, true]);
    expect([...taken.ids]).toEqual([1, 2]);
    expect([...taken.timestamps]).toEqual([200, 200]);
  });

  test("gives an instance that was due at once the time at which it is taken", () => {
    const queue = new DueQueue();
    queue.add(1, NaN);

    expect([...queue.take(12_345.6).timestamps]).toEqual([12_345]);
  });

  test.each([
    ["when its slot comes", [NaN, 12_300]],
    ["or is queued for its slot already", [12_300, NaN]],
  ])("serves an instance that is to be collected at once by its slot, %s", (_, [first, second]) => {
    const queue = new DueQueue();

    const added = [queue.add(1, first!), queue.add(1, second!)];

    expect(added).toEqual([true, true]);
    expect([...queue.take(12_399).timestamps]).toEqual([12_300]);
    expect(queue.size).toBe(0);
  });

  test("returns the instances of a lost tick to its head, with their slots", () => {
    const queue = new DueQueue();
    queue.add(3, 500);
    queue.add(1, 100);
    queue.add(2, NaN);
    queue.add(4, 600);
    queue.remove(3);
    const lost = queue.take(12_345);
    queue.add(5, 700);
    queue.add(4, 800);

    const kept = Array.from(lost.ids, (id, i) => queue.putBack(id, lost.timestamps[i]!));
    const again = queue.take(12_678);

    expect(kept).toEqual([true, true, false]);
    expect([...again.ids]).toEqual([1, 2, 5, 4]);
    expect([...again.timestamps]).toEqual([100, 12_678, 700, 800]);
  });

  test("counts a returned instance as queued", () => {
    const queue = new DueQueue();
    queue.putBack(1, 100);

    const added = queue.add(1, 1_100);
    const { size } = queue;

    expect([added, size]).toEqual([false, 1]);
    expect(queue.remove(1)).toBe(1_100);
    expect(queue.size).toBe(0);
  });

  test.each([
    ["its older slot is dropped", 100, 1_100, false, 1_100],
    ["a slot serves the lost collection at once", 123, 1_100, true, 1_100],
    ["the lost slot serves the collection at once", 100, NaN, true, 100],
  ])("when an instance of a lost tick has been queued again, %s", (_, lostMs, queuedMs, isKept, takenMs) => {
    const queue = new DueQueue();
    queue.add(1, queuedMs);

    const kept = queue.putBack(1, lostMs);

    expect(kept).toBe(isKept);
    expect([...queue.take(12_345).timestamps]).toEqual([takenMs]);
    expect(queue.size).toBe(0);
  });

  test("never gives an instance collected at once the key of its own slot", () => {
    const queue = new DueQueue();
    queue.add(1, NaN);

    expect([...queue.take(12_300).timestamps]).toEqual([12_301]);
  });

  test("takes at most one tick and keeps the rest", () => {
    const queue = new DueQueue();
    for (let id = 1; id <= 5_001; id++) queue.add(id, 0);

    const first = queue.take(0);
    const rest = queue.take(0);

    expect(first.ids).toHaveLength(5_000);
    expect([...rest.ids]).toEqual([5_001]);
    expect(queue.size).toBe(0);
  });
});

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { offsetOf, periodOf } from "./slots.ts";
import { Wheel } from "./wheel.ts";

function visits(wheel: Wheel, slot: number): { id: number; slot: number }[] {
  const seen: { id: number; slot: number }[] = [];
  wheel.advance(slot, (id, dueSlot) => seen.push({ id, slot: dueSlot }));
  return seen;
}

describe("Wheel", () => {
  test("serves each instance once per interval, in its own slot", () => {
    const wheel = new Wheel(1_000);
    for (let id = 1; id <= 50; id++) wheel.put(id, 1);

    const served: { id: number; slot: number }[] = [];
    for (let slot = 1_001; slot <= 1_020; slot++) served.push(...visits(wheel, slot));

    expect(served).toHaveLength(100);
    for (const { id, slot } of served) expect(slot % periodOf(1)).toBe(offsetOf(id, periodOf(1)));
  });

  test("visits each instance once after a suspension, for its latest slot, and counts the skipped slots", () => {
    const wheel = new Wheel(0);
    wheel.put(7, 1);

    const seen: number[] = [];
    const missed = wheel.advance(3_000, (_id, slot) => seen.push(slot));

    expect(seen).toHaveLength(1);
    expect(seen[0]).toBeGreaterThan(2_990);
    expect(missed).toBe(299);
  });

  test("moves an instance to its new interval and drops a removed one", () => {
    const wheel = new Wheel(0);
    wheel.put(1, 1);
    wheel.put(2, 1);

    wheel.put(1, 5);
    wheel.remove(2);
    const seen: number[] = [];
    for (let slot = 1; slot <= 100; slot++) seen.push(...visits(wheel, slot).map((visit) => visit.id));

    expect(seen).toEqual([1, 1]);
  });

  test.each([36_000, -36_000, 864_000, -864_000])(
    "goes on after a shift by %d slots as if there had been none",
    (shift) => {
      const wheel = new Wheel(1_000_000);
      for (let id = 1; id <= 20; id++) wheel.put(id, 1);
      wheel.advance(1_000_005, () => {});

      wheel.shift(shift);
      wheel.put(21, 1);
      const seen: number[] = [];
      let missed = 0;
      for (let slot = 1_000_006; slot <= 1_000_015; slot++)
        missed += wheel.advance(slot + shift, (id) => seen.push(id));

      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
      expect(missed).toBe(0);
    },
  );

  test("serves no slot twice when the clock is set back by less than a second", () => {
    const wheel = new Wheel(1_000);
    for (let id = 1; id <= 20; id++) wheel.put(id, 1);

    const before = visits(wheel, 1_010);
    const back = visits(wheel, 1_004);
    const after = visits(wheel, 1_020);

    expect([before.length, back.length, after.length]).toEqual([20, 0, 20]);
  });

  test("serves the same slots whether advanced one by one or in any steps, except those counted as missed", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, interval) => {
          const wheel = new Wheel(500);
          wheel.put(3, interval);
          const single = new Wheel(500);
          single.put(3, interval);

          let slot = 500;
          let served = 0;
          let missed = 0;
          for (const step of steps) missed += wheel.advance((slot += step), () => served++);
          const due = Array.from({ length: slot - 500 }, (_, i) => visits(single, 501 + i).length);

          expect(served + missed).toBe(due.reduce((sum, count) => sum + count, 0));
        },
      ),
    );
  });
});

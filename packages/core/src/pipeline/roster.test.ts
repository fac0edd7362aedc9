import { describe, expect, test } from "@jest/globals";
import type { InstanceRef } from "../model/collector.ts";
import { Roster } from "./roster.ts";

function ref(id: number, interval = 5): InstanceRef {
  return { id, name: `i-${id}`, kind: "simulated", interval, target: null, simulation: null, createdAtMs: 0 };
}

describe("Roster", () => {
  test("tells each change once", () => {
    const roster = new Roster();
    roster.put(ref(1));
    roster.put(ref(2));
    roster.remove(2);

    const first = roster.takeChanges(new Int32Array());
    const second = roster.takeChanges(new Int32Array());

    expect(first.put.map(({ id }) => id)).toEqual([1]);
    expect(first.remove).toEqual([2]);
    expect(second).toEqual({ put: [], remove: [] });
    expect(roster.hasChanges).toBe(false);
  });

  test("tells what is due first, however many others wait", () => {
    const roster = new Roster();
    for (let id = 1; id <= 5_000; id++) roster.put(ref(id));

    const { put } = roster.takeChanges(Int32Array.of(5_000));

    expect(put).toHaveLength(1_000);
    expect(put[0]!.id).toBe(5_000);
    expect(roster.hasChanges).toBe(true);
  });

  test("does not remove an instance that came back under the same id", () => {
    const roster = new Roster();
    roster.remove(1);
    roster.put(ref(1));

    expect(roster.takeChanges(new Int32Array())).toMatchObject({ put: [{ id: 1 }], remove: [] });
  });

  test("has nothing to tell a thread that started with everything", () => {
    const roster = new Roster();
    roster.put(ref(1));

    roster.allTold();

    expect(roster.hasChanges).toBe(false);
    expect([...roster.instances.keys()]).toEqual([1]);
  });

  test("shortens the hang deadline when a more frequent instance comes, and lengthens it when that goes", () => {
    const roster = new Roster();
    roster.put(ref(1, 6));
    const before = roster.hangDeadlineMs;
    roster.put(ref(2, 2));
    const during = roster.hangDeadlineMs;
    roster.remove(2);

    expect([before, during, roster.hangDeadlineMs]).toEqual([9_000, 3_000, 9_000]);
  });
});

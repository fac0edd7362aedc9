import { describe, expect, test } from "@jest/globals";
import type { InstanceRef } from "../../model/collector.ts";
import { Roster } from "./roster.ts";

function ref(id: number, interval = 5): InstanceRef {
  return { id, name: `i-${id}`, kind: "simulated", interval, target: null, simulation: null, createdAtMs: 0 };
}

describe("Roster", () => {
  test("tells of an instance with the first tick that collects it, once for each change", () => {
    const roster = new Roster();
    roster.put(ref(1));
    roster.put(ref(2));

    const first = roster.takeChanges(Int32Array.of(1));
    const again = roster.takeChanges(Int32Array.of(1));
    roster.put({ ...ref(1), name: "renamed" });
    const changed = roster.takeChanges(Int32Array.of(1, 2));

    expect(first.put).toEqual([ref(1)]);
    expect(again.put).toEqual([]);
    expect(changed.put.map(({ name }) => name)).toEqual(["renamed", "i-2"]);
  });

  test("tells once that an instance is gone, and not when it came back under the same id", () => {
    const roster = new Roster();
    for (const id of [1, 2]) roster.put(ref(id));
    for (const id of [1, 2, 3]) roster.remove(id);
    roster.put(ref(2));

    const first = roster.takeChanges(new Int32Array());
    const second = roster.takeChanges(new Int32Array());

    expect(first).toEqual({ put: [], remove: [1] });
    expect(second).toEqual({ put: [], remove: [] });
  });

  test("tells a new thread everything again", () => {
    const roster = new Roster();
    for (const id of [1, 2]) roster.put(ref(id));
    roster.takeChanges(Int32Array.of(1, 2));
    roster.remove(2);

    roster.forgetTold();

    expect(roster.takeChanges(Int32Array.of(1))).toEqual({ put: [ref(1)], remove: [] });
  });

  test("knows whether the thread has heard of an instance as it is now", () => {
    const roster = new Roster();
    roster.put(ref(1));
    const before = roster.isCurrent(1);
    roster.takeChanges(Int32Array.of(1));
    const told = roster.isCurrent(1);
    roster.put(ref(1, 7));

    expect([before, told, roster.isCurrent(1), roster.isCurrent(2)]).toEqual([false, true, false, false]);
  });

  test("shortens the hang deadline when a more frequent instance comes, and lengthens it when that goes", () => {
    const roster = new Roster();
    roster.put(ref(1, 6));
    const before = roster.hangDeadlineMs;
    roster.put(ref(2, 2));
    const during = roster.hangDeadlineMs;
    roster.put(ref(2, 3));
    const slower = roster.hangDeadlineMs;
    roster.remove(2);
    roster.remove(2);

    expect([before, during, slower, roster.hangDeadlineMs]).toEqual([9_000, 3_000, 4_500, 9_000]);
  });
});

import { describe, expect, test } from "@jest/globals";
import type { InstanceRef } from "../../model/collector.ts";
import { ShardAssignments } from "./shard-assignments.ts";

const STATE = { enabled: ["cpu", "loadavg"], hung: [] };

function ref(id: number, interval = 5): InstanceRef {
  return {
    id,
    name: `i-${id}`,
    ip: "10.0.0.1",
    kind: "simulated",
    interval,
    target: null,
    simulation: null,
    createdAtMs: 0,
  };
}

describe("ShardAssignments", () => {
  test("sends an instance with the first tick that collects it, once per change", () => {
    const assignments = new ShardAssignments(() => STATE);
    assignments.put(ref(1));
    assignments.put(ref(2));

    const first = assignments.takeChanges(Int32Array.of(1));
    const again = assignments.takeChanges(Int32Array.of(1));
    assignments.put({ ...ref(1), name: "renamed" });
    const changed = assignments.takeChanges(Int32Array.of(1, 2));

    expect(first.put).toEqual([ref(1)]);
    expect(again.put).toEqual([]);
    expect(changed.put.map(({ name }) => name)).toEqual(["renamed", "i-2"]);
  });

  test("sends a removal once, and not if the same id was added again", () => {
    const assignments = new ShardAssignments(() => STATE);
    for (const id of [1, 2]) assignments.put(ref(id));
    for (const id of [1, 2, 3]) assignments.remove(id);
    assignments.put(ref(2));

    const first = assignments.takeChanges(new Int32Array());
    const second = assignments.takeChanges(new Int32Array());

    expect(first).toEqual({ put: [], remove: [1], hostCollectors: STATE });
    expect(second).toEqual({ put: [], remove: [], hostCollectors: null });
  });

  test("sends the state of the host's collectors when it has changed, and knows what was sent", () => {
    let state = STATE;
    const assignments = new ShardAssignments(() => state);
    const before = assignments.hostCollectorAt(1);
    const sent = [assignments.takeChanges([]), assignments.takeChanges([])].map((one) => one.hostCollectors);
    state = { enabled: ["loadavg"], hung: [] };
    const changed = assignments.takeChanges([]).hostCollectors;

    expect(sent).toEqual([STATE, null]);
    expect(changed).toBe(state);
    expect([before, assignments.hostCollectorAt(0), assignments.hostCollectorAt(-1)]).toEqual([null, "loadavg", null]);
  });

  test("sends everything again to a new thread", () => {
    const assignments = new ShardAssignments(() => STATE);
    for (const id of [1, 2]) assignments.put(ref(id));
    assignments.takeChanges(Int32Array.of(1, 2));
    assignments.remove(2);

    assignments.forgetTold();

    expect(assignments.takeChanges(Int32Array.of(1))).toEqual({
      put: [ref(1)],
      remove: [],
      hostCollectors: STATE,
    });
  });

  test("knows whether the thread has the current version of an instance", () => {
    const assignments = new ShardAssignments(() => STATE);
    assignments.put(ref(1));
    const before = assignments.isCurrent(1);
    assignments.takeChanges(Int32Array.of(1));
    const told = assignments.isCurrent(1);
    assignments.put(ref(1, 7));

    expect([before, told, assignments.isCurrent(1), assignments.isCurrent(2)]).toEqual([false, true, false, false]);
  });

  test("shortens the hang deadline when a more frequent instance is added, and lengthens it when that is removed", () => {
    const assignments = new ShardAssignments(() => STATE);
    assignments.put(ref(1, 6));
    const before = assignments.hangDeadlineMs;
    assignments.put(ref(2, 2));
    const during = assignments.hangDeadlineMs;
    assignments.put(ref(2, 3));
    const slower = assignments.hangDeadlineMs;
    assignments.remove(2);
    assignments.remove(2);

    expect([before, during, slower, assignments.hangDeadlineMs]).toEqual([9_000, 3_000, 4_500, 9_000]);
  });
});

import { expect, test } from "@jest/globals";
import type { SnapshotMessage } from "../protocol.ts";
import { ReceivedSnapshots } from "./received-snapshots.ts";

const LAYOUT = { version: 1, sections: [], names: ["a"], labels: [""], families: [] };

function message(instanceId: number, layout: SnapshotMessage["layout"]): SnapshotMessage {
  return { instanceId, layout, values: Float64Array.of(instanceId), readAtMs: 0 };
}

test("a snapshot without a layout gets the last one of its instance", () => {
  const received = new ReceivedSnapshots();
  const other = { ...LAYOUT, version: 5 };
  received.receive(message(1, LAYOUT));
  received.receive(message(2, other));

  expect(received.receive(message(1, null))!.layout).toBe(LAYOUT);
  expect(received.receive(message(2, null))!.layout).toBe(other);
});

test("a snapshot with an unknown layout is dropped, after a removal and in a new thread", () => {
  const received = new ReceivedSnapshots();
  received.receive(message(1, LAYOUT));
  received.receive(message(2, LAYOUT));
  received.remove(1);
  const removed = received.receive(message(1, null));
  received.clear();

  expect([removed, received.receive(message(2, null))]).toEqual([null, null]);
});

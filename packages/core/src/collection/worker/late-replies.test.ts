import { expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import type { LateReply } from "../protocol.ts";
import { LateReplies } from "./late-replies.ts";

const reply = (instanceId: number, buffer: ArrayBuffer | null = new ArrayBuffer(0)): LateReply => {
  return { generation: 1, instanceId, buffer, snapshot: null, failures: [] };
};

function gathering() {
  const clock = new ManualClock();
  const posted: number[][] = [];
  const replies = new LateReplies(clock, (all) => posted.push(all.map(({ instanceId }) => instanceId)));
  return { clock, posted, replies };
}

test("replies within 20 ms are posted in one message, in their order", () => {
  const { clock, posted, replies } = gathering();
  replies.add(reply(1));
  clock.advance(19);
  replies.add(reply(2));
  const before = [...posted];
  clock.advance(1);
  replies.add(reply(3));
  clock.advance(20);

  expect(before).toEqual([]);
  expect(posted).toEqual([[1, 2], [3]]);
});

test("a refresh is posted at once, after those that wait", () => {
  const { clock, posted, replies } = gathering();
  replies.add(reply(1));
  replies.add(reply(2, null));
  clock.advance(20);

  expect(posted).toEqual([[1, 2]]);
});

test("at most 32 wait, and none with a layout", () => {
  const { posted, replies } = gathering();
  for (let id = 1; id <= 33; id++) replies.add(reply(id));
  const layout = { version: 1, sections: [], names: [], labels: [], families: [] };
  replies.add({ ...reply(34), snapshot: { instanceId: 34, layout, values: new Float64Array(0), readAtMs: 0 } });

  expect(posted.map(({ length }) => length)).toEqual([32, 2]);
});

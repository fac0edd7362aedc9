import { expect, test } from "@jest/globals";
import { LargeBodies } from "./large-bodies.ts";

test("four at a time, the others in their order, each released once", async () => {
  const bodies = new LargeBodies();
  const releases = await Promise.all(Array.from({ length: 4 }, () => bodies.acquire(null)));
  const order: string[] = [];
  const fifth = bodies.acquire(null).then((release) => (order.push("fifth"), release));
  const sixth = bodies.acquire(null).then((release) => (order.push("sixth"), release));

  releases[0]!();
  releases[0]!();
  (await fifth)();
  await sixth;

  expect(order).toEqual(["fifth", "sixth"]);
});

test("one that is aborted while it waits does not take a turn", async () => {
  const bodies = new LargeBodies();
  const [release] = await Promise.all(Array.from({ length: 4 }, () => bodies.acquire(null)));
  const controller = new AbortController();
  const aborted = bodies.acquire(controller.signal);
  const next = bodies.acquire(null);

  controller.abort();
  await expect(aborted).rejects.toThrow();
  await expect(bodies.acquire(controller.signal)).rejects.toThrow();
  release!();

  await expect(next).resolves.toBeInstanceOf(Function);
});

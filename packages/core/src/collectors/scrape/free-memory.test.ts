import { expect, test } from "@jest/globals";
import { freeMemory } from "./free-memory.ts";

test("memory is freed once, and never that which small buffers share", () => {
  const body = Buffer.allocUnsafeSlow(100_000);
  const parts = [body.subarray(0, 10), body.subarray(10)];
  const small = Buffer.from("small");
  const empty = Buffer.alloc(0);

  freeMemory([...parts, small, empty]);

  expect(parts.map(({ length }) => length)).toEqual([0, 0]);
  expect(small.toString()).toBe("small");
  expect(empty.buffer.detached).toBe(false);
});

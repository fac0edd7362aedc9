import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { hostInstance } from "./host-instance.ts";

test("a host has the same id at every start, whatever else changes", () => {
  const first = hostInstance("web-1", 5, 1_000);
  const second = hostInstance("web-1", 60, 2_000);

  expect(second.id).toBe(first.id);
  expect(hostInstance("web-2", 5, 1_000).id).not.toBe(first.id);
});

test("a host's id is a negative 32-bit integer for any name", () => {
  fc.assert(
    fc.property(fc.string(), (name) => {
      const { id } = hostInstance(name, 5, 0);
      expect(id).toBe(id | 0);
      expect(id).toBeLessThan(0);
    }),
  );
});

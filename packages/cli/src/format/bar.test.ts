import { expect, test } from "@jest/globals";
import { formatBar } from "./bar.ts";

test.each([
  [0, 10, "[----------]   0% 0/10"],
  [5, 10, "[#####-----]  50% 5/10"],
  [10, 10, "[##########] 100% 10/10"],
  [0, 0, "[##########] 100% 0/0"],
])("%i of %i is drawn as %s", (done, total, bar) => {
  expect(formatBar(done, total, 10)).toBe(bar);
});

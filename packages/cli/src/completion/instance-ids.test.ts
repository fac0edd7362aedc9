import { expect, test } from "@jest/globals";
import { wantsId } from "./instance-ids.ts";

test.each([
  [["cloudctl", "remove", ""], true],
  [["cloudctl", "remove", "1", "2"], true],
  [["cloudctl", "metrics", ""], true],
  [["cloudctl", "metrics", "3", ""], false],
  [["cloudctl", "history", "--metric", ""], false],
  [["cloudctl", "history", "-"], false],
  [["cloudctl", "metrics"], false],
  [["cloudctl", "list", ""], false],
])("after %j an id is wanted: %p", (words, wanted) => {
  expect(wantsId(words)).toBe(wanted);
});

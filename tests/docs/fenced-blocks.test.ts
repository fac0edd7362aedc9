import { expect, test } from "@jest/globals";
import { fencedBlocks, fencedCommands } from "./fenced-blocks.ts";

const PAGE =
  "# Title\n\n```sh\na   # why\nb --x\n```\n```text\nout\n```\n\nwords\n\n```sh\nc '#1'\n```\n\n```\nd\n```\n";

test("finds every command with the output that follows it", () => {
  expect(fencedCommands(PAGE)).toEqual([
    { command: "a", output: null },
    { command: "b --x", output: { language: "text", text: "out" } },
    { command: "c '#1'", output: null },
  ]);
});

test("finds blocks that do not say what they are", () => {
  expect(fencedBlocks(PAGE).filter(({ language }) => language === "")).toEqual([{ language: "", text: "d" }]);
});

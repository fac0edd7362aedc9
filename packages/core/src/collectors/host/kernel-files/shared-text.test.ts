import { expect, test } from "@jest/globals";
import { SharedText } from "./shared-text.ts";
import { ScratchFolder, tickAt } from "../testing/collect-once.ts";

test("all who ask in one reading get one text, the next reading gets a new one", () => {
  using folder = new ScratchFolder();
  folder.write("stat", "1\n");
  const shared = new SharedText(folder.files.file("stat"));
  const context = tickAt(0);
  const first = shared.lines(context);

  folder.write("stat", "2\n");

  expect([first, shared.lines(context), shared.lines(tickAt(5000))]).toEqual(["1\n", "1\n", "2\n"]);
});

test("after a failure all callers get the failure, never an old text", () => {
  using folder = new ScratchFolder();
  folder.write("stat", "1\n");
  const shared = new SharedText(folder.files.file("stat"));
  shared.lines(tickAt(0));
  folder.write("stat", "");
  const context = tickAt(5000);

  expect(() => shared.lines(context)).toThrow("is empty");
  expect(() => shared.lines(context)).toThrow("is empty");
});

test("a reading object that is used again later is another reading", () => {
  using folder = new ScratchFolder();
  folder.write("stat", "1\n");
  const shared = new SharedText(folder.files.file("stat"));
  const context = { ...tickAt(0), monotonicMs: 0 };
  shared.lines(context);
  folder.write("stat", "2\n");

  context.monotonicMs = 5000;

  expect(shared.lines(context)).toBe("2\n");
});

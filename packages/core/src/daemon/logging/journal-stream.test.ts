import { describe, expect, it } from "@jest/globals";
import { closeSync, fstatSync, openSync } from "node:fs";
import { isJournalStream } from "./journal-stream.ts";

describe("the journal's stream", () => {
  it("is the one whose device and inode JOURNAL_STREAM names, and no other", () => {
    const descriptor = openSync("/dev/null", "w");
    const { dev, ino } = fstatSync(descriptor);

    const answers = [`${dev}:${ino}`, `${dev}:${ino + 1}`, "", undefined].map((name) =>
      isJournalStream(name, descriptor),
    );
    closeSync(descriptor);

    expect(answers).toEqual([true, false, false, false]);
  });
});

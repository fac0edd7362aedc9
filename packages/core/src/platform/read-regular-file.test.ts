import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { readRegularFile, readRegularFileLater } from "./read-regular-file.ts";
import type { ReadRules } from "./read-regular-file.ts";

const RULES: ReadRules = { bytesMax: 4, followLinks: true };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "read-regular-file-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.each([
  ["at once", async (path: string, rules: ReadRules) => readRegularFile(path, rules)],
  ["later", readRegularFileLater],
])("a file read %s", (_, read) => {
  test("comes whole, with its permission bits", async () => {
    const path = join(folder, "file");
    writeFileSync(path, Buffer.from([0, 255, 10, 13]));
    chmodSync(path, 0o640);

    expect(await read(path, RULES)).toEqual({ bytes: Buffer.from([0, 255, 10, 13]), mode: 0o640 });
  });

  test("is null when there is none", async () => {
    expect(await read(join(folder, "none"), RULES)).toBeNull();
  });

  test("is refused when it is larger than allowed", async () => {
    writeFileSync(join(folder, "file"), "12345");

    await expect(read(join(folder, "file"), RULES)).rejects.toThrow("it has 5 bytes, wanted at most 4");
  });

  test("is refused when it is a folder, or a FIFO without a writer", async () => {
    mkdirSync(join(folder, "folder"));
    execFileSync("mkfifo", [join(folder, "fifo")]);

    await expect(read(join(folder, "folder"), RULES)).rejects.toThrow("it is no regular file");
    await expect(read(join(folder, "fifo"), RULES)).rejects.toThrow("it is no regular file");
  });

  test("is reached by a link only where links may be followed", async () => {
    writeFileSync(join(folder, "file"), "text");
    symlinkSync("file", join(folder, "link"));

    expect(await read(join(folder, "link"), RULES)).toMatchObject({ bytes: Buffer.from("text") });
    await expect(read(join(folder, "link"), { ...RULES, followLinks: false })).rejects.toMatchObject({ code: "ELOOP" });
  });
});

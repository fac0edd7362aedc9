import { closeSync, readdirSync, readlinkSync, renameSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ProcFile } from "./proc-file.ts";
import { ScratchFolder } from "../testing/collect-once.ts";

test("reads the present text each time, through one descriptor", () => {
  using folder = new ScratchFolder();
  const file = new ProcFile(folder.write("value", "1\n"));
  const before = file.text();
  const descriptors = openDescriptors();

  folder.write("value", "22\n");
  const after = file.text();

  expect([before, after]).toEqual(["1\n", "22\n"]);
  expect(openDescriptors()).toBe(descriptors);
  file.close();
});

test("reads a file longer than its buffer to the end", () => {
  using folder = new ScratchFolder();
  const text = `${"0123456789abcde\n".repeat(20_000)}end\n`;
  const file = new ProcFile(folder.write("long", text));

  expect(file.lines()).toBe(text);
  file.close();
});

test("a copy with the line ends of another system reads like the kernel's file", () => {
  using folder = new ScratchFolder();
  const file = new ProcFile(folder.write("copy", "MemTotal: 1 kB\r\nname\rodd: 2 kB\r\n"));

  expect(file.lines()).toBe("MemTotal: 1 kB\nname\rodd: 2 kB\n");
  file.close();
});

test("a shorter text after a longer one has nothing of it", () => {
  using folder = new ScratchFolder();
  const file = new ProcFile(folder.write("value", "a long first text\n"));
  file.text();

  folder.write("value", "short\n");

  expect(file.text()).toBe("short\n");
  file.close();
});

test("distinguishes names that are not UTF-8", () => {
  using folder = new ScratchFolder();
  const path = folder.write("names", "");
  writeFileSync(path, Buffer.from("caf\xe9 caf\xe8\n", "latin1"));
  const file = new ProcFile(path);

  expect(file.lines()).toBe("caf\xe9 caf\xe8\n");
  file.close();
});

test("reads a kernel file", () => {
  const file = new ProcFile("/proc/self/stat");

  expect(file.lines()).toMatch(/^\d+ \(/);
  expect(file.lines()).toMatch(/^\d+ \(/);
  file.close();
});

test("opens again when the descriptor no longer works", () => {
  using folder = new ScratchFolder();
  const file = new ProcFile(folder.write("value", "1\n"));
  file.text();
  closeSync(descriptorOf(file.path));
  folder.write("value", "2\n");

  const text = file.text();

  expect(text).toBe("2\n");
  file.close();
});

test("reports path and reason when there is no file, and recovers when it exists again", () => {
  using folder = new ScratchFolder();
  const path = folder.write("value", "1\n");
  const file = new ProcFile(path);
  renameSync(path, `${path}.away`);

  expect(() => file.text()).toThrow(`${path} cannot be read: ENOENT`);
  renameSync(`${path}.away`, path);
  expect(file.text()).toBe("1\n");
  file.close();
});

test("refuses a folder", () => {
  using folder = new ScratchFolder();
  const file = new ProcFile(folder.path);

  expect(() => file.text()).toThrow("EISDIR");
  file.close();
});

test("refuses an empty file and one cut within a line where lines are wanted", () => {
  using folder = new ScratchFolder();
  const empty = new ProcFile(folder.write("empty", ""));
  const cut = new ProcFile(folder.write("cut", "cpu  1 2 3\ncpu0 1 2"));

  expect(() => empty.lines()).toThrow("is empty");
  expect(empty.list()).toBe("");
  expect(() => cut.lines()).toThrow("ends in the middle of a line");
  expect(() => cut.list()).toThrow("ends in the middle of a line");
  empty.close();
  cut.close();
});

test("close is idempotent and releases the descriptor", () => {
  using folder = new ScratchFolder();
  const before = openDescriptors();
  const file = new ProcFile(folder.write("value", "1\n"));
  file.text();

  file.close();
  file.close();

  expect(openDescriptors()).toBe(before);
});

function openDescriptors(): number {
  return readdirSync("/proc/self/fd").length;
}

function descriptorOf(path: string): number {
  const descriptors = readdirSync("/proc/self/fd").map(Number);
  return descriptors.find((descriptor) => linkOf(descriptor) === path)!;
}

/** The descriptor of the listing itself is closed by now. */
function linkOf(descriptor: number): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return "";
  }
}

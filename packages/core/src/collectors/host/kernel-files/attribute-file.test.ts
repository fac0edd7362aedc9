import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ScratchFolder } from "../testing/collect-once.ts";
import { AttributeFile } from "./attribute-file.ts";

const openFiles = () => readdirSync("/proc/self/fd").length;

test("reads the present text each time, with one descriptor", () => {
  using folder = new ScratchFolder();
  const before = openFiles();
  const file = new AttributeFile(folder.write("mtu", "1500\n"));
  const first = file.number();
  folder.write("mtu", "0x10\n");

  expect([first, file.number(), file.text()]).toEqual([1500, 16, "0x10"]);
  expect(openFiles()).toBe(before + 1);
  file.close();
  file.close();
  expect(openFiles()).toBe(before);
});

test.each([
  ["0\n", 0],
  ["42", 42],
  ["18446744073709551615\n", 2 ** 64],
  ["-1\n", -1],
  [" 7 \n", 7],
  ["0x1F\n", 31],
  ["", null],
  ["\n", null],
  ["1.5\n", null],
  ["12a\n", null],
])("%j is the number %p", (text, number) => {
  using folder = new ScratchFolder();
  const file = new AttributeFile(folder.write("a", text));

  expect(file.number()).toBe(number);
  file.close();
});

test("one without a value is not tried again", () => {
  using folder = new ScratchFolder();
  const file = new AttributeFile(`${folder.path}/speed`);
  const first = file.text();
  folder.write("speed", "1000\n");

  expect([first, file.text()]).toEqual([null, null]);
  expect(new AttributeFile(`${folder.path}/speed`).number()).toBe(1000);
});

test("an attribute of the kernel that has no value now leaves no descriptor open", () => {
  const before = openFiles();
  // EINVAL: the loopback interface has no speed.
  const file = new AttributeFile("/sys/class/net/lo/speed");

  expect(file.text()).toBeNull();
  expect(openFiles()).toBe(before);
});

test("beyond the limit of open files, each reading opens and closes its own", () => {
  using folder = new ScratchFolder();
  const before = openFiles();
  const files = Array.from({ length: 600 }, (_, index) => new AttributeFile(folder.write(`a${index}`, `${index}\n`)));

  const twice = [files.map((file) => file.number()), files.map((file) => file.number())];

  expect(twice[0]).toEqual(files.map((_, index) => index));
  expect(twice[1]).toEqual(twice[0]);
  expect(openFiles() - before).toBeLessThanOrEqual(513);
  for (const file of files) file.close();
  expect(openFiles()).toBe(before);
});

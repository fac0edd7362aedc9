import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { EntropyCollector } from "./entropy.ts";
import { FilefdCollector, parseFileNumbers } from "./filefd.ts";
import { KernelHungCollector } from "./kernel-hung.ts";

test("open files are the first and the third number", () => {
  expect(parseFileNumbers("1024\t0\t9223372036854775807\n")).toEqual({ allocated: 1024, maximum: 2 ** 63 });
});

test.each(["", "1024\n", "1024 0\n", "1024 0 many\n"])("%p is no number of open files", (text) => {
  expect(() => parseFileNumbers(text)).toThrow("three numbers");
});

test("any text gives finite numbers of open files, or an error", () => {
  expectFiniteNumbers("proc/sys/fs/file-nr", parseFileNumbers, ({ allocated, maximum }) => [allocated, maximum]);
});

test("a number of open files is read again at each reading", () => {
  using folder = new ScratchFolder();
  folder.write("sys/fs/file-nr", "1 0 9\n");
  const collector = new FilefdCollector(folder.files.file("sys", "fs", "file-nr"));
  const first = collectOnce(collector, tickAt(0)).samples.get("node_filefd_allocated");
  folder.write("sys/fs/file-nr", "2 0 9\n");

  expect([first, collectOnce(collector, tickAt(1)).samples.get("node_filefd_allocated")]).toEqual([1, 2]);
});

test.each(["", "x\n", "-1\n"])("entropy of %p is refused", (text) => {
  using folder = new ScratchFolder();
  folder.write("sys/kernel/random/entropy_avail", text);
  folder.write("sys/kernel/random/poolsize", "256\n");

  expect(() => collectOnce(new EntropyCollector(folder.files), tickAt(0))).toThrow("entropy_avail has no number");
});

test("hung tasks are served by two names, and by none on an old kernel", () => {
  using folder = new ScratchFolder();
  const collector = () => new KernelHungCollector(folder.files.file("hung_task_detect_count"));
  const old = collectOnce(collector(), tickAt(0)).written;
  folder.write("hung_task_detect_count", "3\n");

  const { samples } = collectOnce(collector(), tickAt(0));

  expect(old).toEqual([]);
  expect(Object.fromEntries(samples)).toEqual({ node_kernel_hung_tasks: 3, node_kernel_hung_tasks_total: 3 });
});

import { describe, expect, test } from "@jest/globals";
import { parseMaxFds, parseMaxVirtualBytes, parseVirtualBytes, readProcessStats } from "./process-stats.ts";

describe("readProcessStats", () => {
  test("reads this very process", () => {
    const stats = readProcessStats();

    expect(stats.cpuSeconds).toBeGreaterThan(0);
    expect(stats.residentBytes).toBeGreaterThan(stats.heapUsedBytes);
    expect(stats.virtualBytes).toBeGreaterThan(stats.residentBytes);
    expect(stats.openFds).toBeGreaterThan(2);
    expect(stats.maxFds).toBeGreaterThanOrEqual(stats.openFds!);
  });

  test("knows nothing of the descriptors where the folder cannot be read", () => {
    expect(readProcessStats("/nonexistent")).toMatchObject({
      virtualBytes: null,
      maxVirtualBytes: null,
      openFds: null,
      maxFds: null,
    });
  });
});

describe("parseVirtualBytes", () => {
  test("turns KiB into bytes", () => {
    expect(parseVirtualBytes("Name:\tnode\nVmPeak:\t  20 kB\nVmSize:\t  12 kB\n")).toBe(12_288);
  });

  test("is unknown in a truncated file", () => {
    expect(parseVirtualBytes("Name:\tnode\n")).toBeNull();
  });
});

describe("parseMaxFds", () => {
  test("uses the soft limit", () => {
    expect(parseMaxFds("Max open files            1024                 524288               files     \n")).toBe(1024);
  });

  test("is unknown when there is no limit", () => {
    expect(parseMaxFds("Max open files            unlimited            unlimited            files     \n")).toBeNull();
  });
});

describe("parseMaxVirtualBytes", () => {
  test.each([
    ["8388608", 8_388_608],
    ["unlimited", 2 ** 64 - 1],
  ])("%s is %d", (soft, bytes) => {
    expect(parseMaxVirtualBytes(`Max address space         ${soft}            unlimited            bytes     \n`)).toBe(
      bytes,
    );
  });

  test("is unknown in a truncated file", () => {
    expect(parseMaxVirtualBytes("Max address space         unli")).toBeNull();
  });
});

import { expect, test } from "@jest/globals";
import { diskTraffic } from "./disk-traffic.ts";

const traffic = (disks: Record<string, readonly number[]>) => diskTraffic(new Map(Object.entries(disks)));

test("sums disks that have nothing to do with each other", () => {
  expect(traffic({ sda: [1, 2], nvme0n1: [3, 4], nvme0n2: [5, 6] })).toEqual([9, 12]);
});

test.each([
  ["stands still", { nvme0n1: [0, 0], nvme0c0n1: [5, 1], nvme0c1n1: [2, 7] }],
  ["counts too", { nvme0n1: [7, 8], nvme0c0n1: [5, 1], nvme0c1n1: [2, 7] }],
  ["is not listed", { nvme0c0n1: [5, 1], nvme0c1n1: [2, 7] }],
  ["counts alone", { nvme0n1: [7, 8], nvme0c0n1: [0, 0] }],
])("the bytes of a namespace with several paths count once where it %s", (_, disks) => {
  expect(traffic(disks)).toEqual([7, 8]);
});

test("namespaces of other controllers keep theirs", () => {
  expect(traffic({ nvme0c0n1: [1, 1], nvme1c0n1: [2, 2], nvme0c0n2: [4, 4], nvme10n1: [8, 8] })).toEqual([15, 15]);
});

test("no disk has no traffic", () => {
  expect(traffic({})).toEqual([0, 0]);
});

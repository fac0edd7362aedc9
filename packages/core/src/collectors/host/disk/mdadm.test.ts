import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { FIXTURES, ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { MdadmCollector, parseMdstat } from "./mdadm.ts";

const arrays = new Map(
  parseMdstat(readFileSync(join(FIXTURES, "proc/mdstat"), "utf8")).map((array) => [array.device, array] as const),
);

test("reads every array of the recorded machine", () => {
  expect(arrays.size).toBe(17);
});

test.each([
  [
    "md3",
    {
      state: "active",
      blocks: 5_853_468_288,
      blocksSynced: 5_853_468_288,
      disksRequired: 8,
      disks: { active: 8, failed: 0, spare: 2 },
    },
  ],
  ["md4", { state: "inactive", disksRequired: 0, disks: { active: 0, failed: 1, spare: 1 } }],
  [
    "md6",
    { state: "recovering", blocksSynced: 16_775_552, disksRequired: 2, disks: { active: 1, failed: 1, spare: 1 } },
  ],
  ["md8", { state: "resync", blocksSynced: 16_775_552 }],
  ["md201", { state: "check", blocksSynced: 114_176 }],
  ["md7", { state: "active", disksRequired: 4, disks: { active: 3, failed: 1, spare: 0 } }],
  ["md9", { state: "resync", blocksSynced: 0 }],
  ["md11", { state: "resync", blocksSynced: 0, disks: { active: 2, failed: 1, spare: 2 } }],
  ["md126", { state: "active", disksRequired: 2, disks: { active: 2, failed: 0, spare: 0 } }],
  ["md219", { state: "inactive", blocks: 7932, disks: { active: 0, failed: 0, spare: 3 } }],
  ["md120", { state: "active", disksRequired: 2 }],
])("%s is %j", (device, wanted) => {
  expect(arrays.get(device)).toMatchObject(wanted);
});

test("an array that is reshaped is in none of the states", () => {
  const [array] = parseMdstat(
    "md5 : active raid5 sdc[2] sdb[1] sda[0]\n      100 blocks super 1.2 [3/3] [UUU]\n      [=>...]  reshape = 10.0% (10/100) finish=1.0min speed=1K/sec\n",
  );

  expect(array).toMatchObject({ state: null, blocks: 100, blocksSynced: 10, disksRequired: 3 });
});

test("a broken array is still an array, in none of the states", () => {
  const [array] = parseMdstat("md2 : broken raid0 sda[0] sdb[1]\n      5 blocks super 1.2 512k chunks\n");

  expect(array).toMatchObject({ device: "md2", state: null, blocks: 5, disksRequired: 2 });
});

test("no arrays are no failure, an array without blocks is", () => {
  expect(parseMdstat("Personalities : \nunused devices: <none>\n")).toEqual([]);
  expect(() => parseMdstat("md0 : active raid1 sda[0]\n      nothing\n")).toThrow("without a number of blocks");
});

test("any text gives finite values, or an error", () => {
  expectFiniteNumbers("proc/mdstat", parseMdstat, (all) =>
    all.flatMap(({ blocks, blocksSynced }) => [blocks, blocksSynced]),
  );
});

test("a name is shown as UTF-8", () => {
  using folder = new ScratchFolder();
  folder.write("mdstat", "md_caf\u00e9 : active raid1 sda[0] sdb[1]\n      5 blocks [2/2] [UU]\n");

  const { samples } = collectOnce(new MdadmCollector(folder.files.file("mdstat"), folder.path), tickAt(0));

  expect(samples.get('node_md_blocks{device="md_caf\u00e9"}')).toBe(5);
});

test("sysfs adds what the array lacks; arrays without redundancy lack nothing", () => {
  using folder = new ScratchFolder();
  folder.write("block/md0/md/raid_disks", "2\n");
  folder.write("block/md1/md/raid_disks", "3\n");
  folder.write("block/md1/md/degraded", "1\n");
  folder.write("block/sda/size", "1\n");

  const { samples } = collectOnce(new MdadmCollector(folder.files.file("mdstat"), folder.path), tickAt(0));

  expect(Object.fromEntries(samples)).toEqual({
    'node_md_degraded{device="md0"}': 0,
    'node_md_degraded{device="md1"}': 1,
    'node_md_raid_disks{device="md0"}': 2,
    'node_md_raid_disks{device="md1"}': 3,
  });
});

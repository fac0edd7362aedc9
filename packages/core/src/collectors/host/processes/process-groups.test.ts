import { expect, test } from "@jest/globals";
import { RecordingWriter, refreshAt, tickAt } from "../testing/collect-once.ts";
import type { CollectContext } from "../../../model/collector.ts";
import { ProcessGroups } from "./process-groups.ts";
import type { GroupMember } from "./process-groups.ts";

const member = (pid: string, comm: string, cpuSeconds: number, residentBytes = 0, more: Partial<GroupMember> = {}) => ({
  pid,
  comm,
  isKernelThread: false,
  startTime: 1,
  cpuSeconds,
  residentBytes,
  ...more,
});

function read(groups: ProcessGroups, members: readonly GroupMember[], context: CollectContext): Record<string, number> {
  const out = new RecordingWriter();
  groups.write(members, context, out);
  return Object.fromEntries([...out.samples].map(([key, value]) => [key.replace("node_processes_group_", ""), value]));
}

test("sums up the processes of one name, and serves those that use the most", () => {
  const groups = new ProcessGroups(2);
  read(groups, [member("1", "a", 10), member("2", "a", 20), member("3", "b", 5), member("4", "c", 7)], tickAt(0));

  const second = [
    member("1", "a", 11, 100),
    member("2", "a", 21, 50),
    member("3", "b", 5.5, 400),
    member("4", "c", 7, 20),
  ];

  expect(read(groups, second, tickAt(2_000))).toEqual({
    'cpu_percent{comm="a"}': 100,
    'cpu_percent{comm="b"}': 25,
    'resident_bytes{comm="a"}': 150,
    'resident_bytes{comm="b"}': 400,
  });
});

test("two names that are no UTF-8 are two groups", () => {
  const members = [member("1", "caf\xe8", 0, 100), member("2", "caf\xe9", 0, 50)];

  expect(read(new ProcessGroups(5), members, tickAt(0))).toEqual({
    'resident_bytes{comm="caf\uFFFD"}': 100,
    'resident_bytes{comm="caf\uFFFD<E9>"}': 50,
  });
});

test("a refresh repeats the shares of the last tick, with the memory of now", () => {
  const groups = new ProcessGroups(5);
  read(groups, [member("1", "a", 0)], tickAt(0));
  read(groups, [member("1", "a", 1, 10)], tickAt(1_000));

  expect(read(groups, [member("1", "a", 9, 30)], refreshAt(1_500))).toEqual({
    'cpu_percent{comm="a"}': 100,
    'resident_bytes{comm="a"}': 30,
  });
});

test("a pid that is used again is another process, and threads of the kernel are one group", () => {
  const groups = new ProcessGroups(5);
  const kernel = { isKernelThread: true };
  read(groups, [member("1", "a", 100), member("2", "kworker/0:1", 1, 0, kernel)], tickAt(0));

  const members = [
    member("1", "b", 50, 0, { startTime: 2 }),
    member("2", "kworker/0:1-events", 1.5, 0, kernel),
    member("3", "ksoftirqd/0", 3, 0, kernel),
  ];

  expect(read(groups, members, tickAt(1_000))).toEqual({ 'cpu_percent{comm="[kernel]"}': 50 });
});

test("with 0 there are none, and a host without a reading has none either", () => {
  expect(read(new ProcessGroups(0), [member("1", "a", 1, 10)], tickAt(0))).toEqual({});
  expect(read(new ProcessGroups(5), [member("1", "a", 1, 10)], tickAt(0))).toEqual({ 'resident_bytes{comm="a"}': 10 });
});

import { machine } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { FIXTURES, ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { UnameCollector, parseName } from "./uname.ts";

test("names the kernel and the host in one series", () => {
  const out = collectOnce(new UnameCollector(join(FIXTURES, "proc")), tickAt(0));

  expect([...out.samples.keys()]).toEqual([
    `node_uname_info{domainname="(none)",machine="${machine()}",nodename="fixture-host",release="6.1.0-18-amd64",` +
      `sysname="Linux",version="#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)"}`,
  ]);
});

test("a new host name shows within half a minute", () => {
  using procfs = new ScratchFolder();
  for (const name of ["ostype", "osrelease", "version", "domainname", "hostname"])
    procfs.write(`sys/kernel/${name}`, "old\n");
  const uname = new UnameCollector(procfs.path);
  collectOnce(uname, tickAt(0));
  procfs.write("sys/kernel/hostname", "new\n");

  const nodename = (atMs: number) => /nodename="(\w+)"/.exec(collectOnce(uname, tickAt(atMs)).written[0]!.labels)![1];

  expect([nodename(29_000), nodename(30_000)]).toEqual(["old", "new"]);
});

test("fails as a whole when a file is missing", () => {
  using procfs = new ScratchFolder();

  expect(() => collectOnce(new UnameCollector(procfs.path), tickAt(0))).toThrow("cannot be read: ENOENT");
});

test("a name ends with its line", () => {
  expect([parseName("host\n"), parseName("two words\nmore\n"), parseName("cut"), parseName("")]).toEqual([
    "host",
    "two words",
    "cut",
    "",
  ]);
});

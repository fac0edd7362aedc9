import { execFileSync } from "node:child_process";
import { mkdirSync, renameSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { bytesOf } from "../kernel-files/byte-name.ts";
import { ScratchFolder, collectOnce, endChild, tickAt, until } from "../testing/collect-once.ts";
import type { RecordingWriter } from "../testing/collect-once.ts";
import { LocalPaths } from "./local-paths.ts";
import { RemoteTextFiles } from "./remote-text-files.ts";
import { TextFileReader } from "./text-file.ts";
import { TextfileCollector } from "./textfile.ts";

let folder: ScratchFolder;
let remote: RemoteTextFiles;

beforeEach(() => {
  folder = new ScratchFolder();
  remote = new RemoteTextFiles();
  mountAll([]);
});

afterEach(async () => {
  endChild(remote);
  await until(() => remote.childPid === null);
  folder[Symbol.dispose]();
});

/** Mounts as the collector sees them: the root is local, `remoteMounts` are of NFS. */
function mountAll(remoteMounts: readonly string[]): void {
  const lines = remoteMounts.map((path, index) => `${30 + index} 1 0:${50 + index} / ${path} rw - nfs4 server:/x rw\n`);
  folder.write("mountinfo", `1 0 8:1 / / rw - ext4 /dev/sda1 rw\n${lines.join("")}`);
}

function collectorOf(...patterns: readonly string[]): TextfileCollector {
  return new TextfileCollector(
    patterns.map((pattern) => join(folder.path, pattern)),
    { local: new LocalPaths(join(folder.path, "mountinfo")), reader: new TextFileReader(), remote },
  );
}

function read(...patterns: readonly string[]): RecordingWriter {
  return collectOnce(collectorOf(...patterns), tickAt(0));
}

/** Names, label blocks and values, without those of the collector itself. */
function seriesOf({ written }: RecordingWriter): unknown[] {
  return written
    .filter(({ name }) => !name.startsWith("node_textfile"))
    .map(({ name, labels, value }) => [name, labels, value]);
}

describe("files of local filesystems", () => {
  test("are served with their types, and with the time of their modification", () => {
    const path = folder.write("d/a.prom", '# HELP a_total Help.\n# TYPE a_total counter\na_total{b="c"} 1\n');
    folder.write("d/other.txt", "broken");
    utimesSync(path, 1_700_000_000, 1_700_000_000);

    const out = read("d");

    expect(out.families).toEqual([{ name: "a_total", type: "counter", help: "Help." }]);
    expect(out.samples).toEqual(
      new Map([
        ['a_total{b="c"}', 1],
        [`node_textfile_mtime_seconds{file="${path}"}`, 1_700_000_000],
        ["node_textfile_scrape_error", 0],
      ]),
    );
    expect(out.problems).toEqual([]);
  });

  test("are read again only when they change", () => {
    const collector = collectorOf("d");
    folder.write("d/a.prom", "a 1\n");
    const first = collectOnce(collector, tickAt(0));
    renameSync(folder.write("d/a.tmp", "a 2\n"), join(folder.path, "d/a.prom"));

    const second = collectOnce(collector, tickAt(1));
    const third = collectOnce(collector, tickAt(2));

    expect([first, second, third].flatMap(seriesOf)).toEqual([
      ["a", "", 1],
      ["a", "", 2],
      ["a", "", 2],
    ]);
  });

  test("that are invalid are left out and named, and the others are served", () => {
    folder.write("d/a.prom", "a 1\n");
    folder.write("d/b.prom", "b 1 1441205977284\n");
    folder.write("d/c.prom", "c 1");
    writeFileSync(join(folder.path, "d/e.prom"), Buffer.from('e{f="\xff"} 1\n', "latin1"));
    mkdirSync(join(folder.path, "d/g.prom"));
    execFileSync("mkfifo", [join(folder.path, "d/h.prom")]);

    const out = read("d");

    expect(seriesOf(out)).toEqual([["a", "", 1]]);
    expect(out.samples.get("node_textfile_scrape_error")).toBe(1);
    expect(out.problems.map((problem) => problem.slice(folder.path.length))).toEqual([
      "/d/b.prom: has timestamps, as of b; wanted none",
      "/d/c.prom: line 1 ends without a line feed; wanted one after the last line",
      "/d/e.prom: is not valid UTF-8",
      "/d/g.prom: is not a regular file",
      "/d/h.prom: is not a regular file",
    ]);
    expect(out.written.filter(({ name }) => name === "node_textfile_mtime_seconds")).toHaveLength(1);
  });

  test("a folder that does not exist is an error, one without files is not, and none at all neither", () => {
    mkdirSync(join(folder.path, "empty"));

    expect(["missing", "empty"].map((name) => read(name).samples.get("node_textfile_scrape_error"))).toEqual([1, 0]);
    expect(read().samples).toEqual(new Map([["node_textfile_scrape_error", 0]]));
    expect(read("missing").problems).toEqual([`${folder.path}/missing: is not a folder that can be listed`]);
  });

  test("patterns name several folders", () => {
    for (const name of ["x1/d", "x2/d", "y/d", ".x3/d"])
      folder.write(`${name}/a.prom`, `${name.replace(/\W/g, "")} 1\n`);

    expect(seriesOf(read("x?/d", "*2/d"))).toEqual([
      ["x1d", "", 1],
      ["x2d", "", 1],
    ]);
  });

  test("names that are not UTF-8 are read, too", () => {
    mkdirSync(join(folder.path, "d"));
    writeFileSync(bytesOf(`${folder.path}/d/\xff.prom`), "a 1\n");

    const out = read("d");

    expect(seriesOf(out)).toEqual([["a", "", 1]]);
    expect([...out.samples.keys()]).toContain(`node_textfile_mtime_seconds{file="${folder.path}/d/\uFFFD.prom"}`);
  });
});

describe("files with series of one family", () => {
  test("are served as one, with empty labels where a series lacks one", () => {
    folder.write("d/a.prom", '# TYPE a gauge\na{b="1"} 1\n');
    folder.write("d/b.prom", '# TYPE a gauge\na{c="1"} 2\na 3\n');

    const out = read("d");

    expect(seriesOf(out)).toEqual([
      ["a", 'b="",c=""', 3],
      ["a", 'b="",c="1"', 2],
      ["a", 'b="1",c=""', 1],
    ]);
    expect(out.families.map(({ help }) => help)).toEqual([
      `Metric read from ${folder.path}/d/a.prom, ${folder.path}/d/b.prom`,
    ]);
  });

  test("must agree about its type and help; the first one decides", () => {
    folder.write("d/a.prom", "# HELP a One.\n# TYPE a gauge\na 1\n# HELP b One.\nb 1\n");
    folder.write("d/b.prom", '# HELP a Another.\n# TYPE a gauge\na{c="1"} 2\n# TYPE b counter\nb{c="1"} 2\nd 1\n');

    const out = read("d");

    expect(seriesOf(out)).toEqual([
      ["a", "", 1],
      ["b", "", 1],
      ["d", "", 1],
    ]);
    expect(out.problems.map((problem) => problem.replaceAll(folder.path, ""))).toEqual([
      "/d/b.prom: a has another HELP than in /d/a.prom; its series are left out",
      "/d/b.prom: b is a counter here and a untyped in /d/a.prom; its series are left out",
    ]);
    expect(out.samples.get("node_textfile_scrape_error")).toBe(1);
  });

  test("must not have the same labels: the first one is served, and it is an error", () => {
    folder.write("d/a.prom", "a 1\n");
    folder.write("d/b.prom", "a 2\n");

    const out = read("d");

    expect(seriesOf(out)).toEqual([["a", "", 1]]);
    expect(out.samples.get("node_textfile_scrape_error")).toBe(1);
  });

  test("a summary without sum and count has 0, as in node_exporter", () => {
    folder.write("d/a.prom", '# TYPE s summary\ns{quantile="0.5",a="x"} 7\ns_sum{a="x"} 8\n');

    expect(seriesOf(read("d"))).toEqual([
      ["s", 'a="x",quantile="0.5"', 7],
      ["s_sum", 'a="x"', 8],
      ["s_count", 'a="x"', 0],
    ]);
  });

  test("histograms and summaries are in order of their bounds, then sum and count", () => {
    const buckets = ["+Inf", "10", "9"].map((bound) => `h_bucket{le="${bound}",a="x"} 1\n`).join("");
    folder.write("d/a.prom", `# TYPE h histogram\nh_count{a="x"} 3\nh_sum{a="x"} 4\n${buckets}`);
    folder.write("d/b.prom", '# TYPE s summary\ns_sum 1\ns_count 2\ns{quantile="0.9"} NaN\ns{quantile="0.5"} 1\n');

    expect(seriesOf(read("d"))).toEqual([
      ["h_bucket", 'a="x",le="9"', 1],
      ["h_bucket", 'a="x",le="10"', 1],
      ["h_bucket", 'a="x",le="+Inf"', 1],
      ["h_sum", 'a="x"', 4],
      ["h_count", 'a="x"', 3],
      ["s", 'quantile="0.5"', 1],
      ["s", 'quantile="0.9"', NaN],
      ["s_sum", "", 1],
      ["s_count", "", 2],
    ]);
  });
});

describe("files of remote mounts", () => {
  test("are read by a child process, in a folder, or behind a symbolic link", async () => {
    mountAll([join(folder.path, "nfs")]);
    folder.write("nfs/in/a.prom", "a 1\n\n");
    folder.write("nfs/linked", "b 2\n# EOF\n");
    folder.write("d/c.prom", "c 3\n");
    symlinkSync("../nfs/linked", join(folder.path, "d/b.prom"));
    const collector = collectorOf("nfs/in", "d");
    const first = collectOnce(collector, tickAt(0));
    await until(() => remote.childPid === null);

    const second = collectOnce(collector, tickAt(1));

    expect(seriesOf(first)).toEqual([["c", "", 3]]);
    expect(seriesOf(second)).toEqual([
      ["c", "", 3],
      ["b", "", 2],
      ["a", "", 1],
    ]);
    expect([...second.samples.keys()]).toContain(`node_textfile_mtime_seconds{file="${folder.path}/d/b.prom"}`);
    expect(second.problems).toEqual([]);
  });

  test("that do not respond are an error after five seconds; the local ones are served, and there is never a second child", async () => {
    mountAll([join(folder.path, "nfs")]);
    folder.write("d/c.prom", "c 3\n");
    folder.write("nfs/a.prom", "a 1\n");
    const collector = collectorOf("nfs", "d");
    collectOnce(collector, tickAt(0));
    const pid = remote.childPid;
    process.kill(-pid!, "SIGSTOP");

    const waiting = collectOnce(collector, tickAt(4_999));
    const late = collectOnce(collector, tickAt(5_000));

    expect(seriesOf(waiting)).toEqual([["c", "", 3]]);
    expect(seriesOf(late)).toEqual([["c", "", 3]]);
    expect(late.problems).toEqual([`${folder.path}/nfs: does not respond`]);
    expect(remote.childPid).toBe(pid);
    collectOnce(collector, tickAt(5_001));
    await until(() => remote.childPid === null);
    expect(seriesOf(collectOnce(collector, tickAt(5_002)))).toEqual([["c", "", 3]]);
  });

  test("that no longer respond are not served with old values", async () => {
    mountAll([join(folder.path, "nfs")]);
    folder.write("nfs/a.prom", "a 1\n");
    const collector = collectorOf("nfs");
    collectOnce(collector, tickAt(0));
    await until(() => remote.childPid === null);
    const fresh = collectOnce(collector, tickAt(4_000));
    collectOnce(collector, tickAt(5_000));
    process.kill(-remote.childPid!, "SIGSTOP");

    const hung = collectOnce(collector, tickAt(10_000));

    expect([fresh, hung].map(seriesOf)).toEqual([[["a", "", 1]], []]);
    expect(hung.samples.get("node_textfile_scrape_error")).toBe(1);
    process.kill(-remote.childPid!, "SIGKILL");
    await until(() => remote.childPid === null);
  });
});

test("a link to a link, a loop of links and a path through `..` lead where the kernel goes", () => {
  mountAll([join(folder.path, "nfs")]);
  folder.write("nfs/x", "");
  symlinkSync("two", join(folder.path, "one"));
  symlinkSync("nfs", join(folder.path, "two"));
  symlinkSync("loop", join(folder.path, "loop"));
  mkdirSync(join(folder.path, "d"));
  const local = new LocalPaths(join(folder.path, "mountinfo"));
  local.refresh();

  const paths = ["one/x", "d/../nfs/x", "loop/x", "d/../d/x", "missing/x"];

  expect(paths.map((path) => local.isLocal(`${folder.path}/${path}`))).toEqual([false, false, true, true, true]);
});

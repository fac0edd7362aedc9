import { expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import type { SectionWriter } from "../../model/collector.ts";
import { HostCollectorSet } from "./host-collector-set.ts";
import type { HostCollector } from "./host-collector.ts";
import { HOST, RecordingWriter, tickAt } from "./testing/collect-once.ts";

class SectionRecorder extends RecordingWriter implements SectionWriter {
  readonly begun: number[] = [];
  readonly ended: string[] = [];
  readonly failed: string[] = [];

  beginSection(index: number): void {
    this.begun.push(index);
  }

  endSection(collector: string): void {
    this.ended.push(collector);
  }

  wholeSnapshot(): void {
    throw new Error("a host writes its series part by part");
  }

  failSection(collector: string, message: string): void {
    this.failed.push(`${collector}: ${message}`);
  }
}

function setUp(collectors: Readonly<Record<string, HostCollector>>) {
  const clock = new ManualClock();
  const created: string[] = [];
  const set = new HostCollectorSet((name) => {
    created.push(name);
    return collectors[name]!;
  }, clock);
  return { clock, created, set };
}

const writes = (name: string): HostCollector => ({ collect: (_i, _c, out) => out.series(name, "", 1) });

test("notes which part it reads, and leaves out those that hang", () => {
  const { set } = setUp({ a: writes("a"), b: writes("b"), c: writes("c") });
  const out = new SectionRecorder();
  set.use({ enabled: ["a", "b", "c"], hung: ["b"] });

  void set.collect(HOST, tickAt(0), out);

  expect(out.begun).toEqual([0, 1, 2]);
  expect(out.failed).toEqual(["b: did not return; it is tried again in a child process"]);
  expect(out.written.filter(({ name }) => name === "node_scrape_collector_success").map(({ value }) => value)).toEqual([
    1, 0, 1,
  ]);
  expect(out.written.map(({ name }) => name)).not.toContain("b");
});

test("collectors that are switched off and on again are created once", () => {
  const { created, set } = setUp({ a: writes("a"), b: writes("b") });
  const read = (enabled: readonly string[]) => {
    const out = new SectionRecorder();
    set.use({ enabled, hung: [] });
    void set.collect(HOST, tickAt(0), out);
    return out.written.map(({ name }) => name).filter((name) => !name.startsWith("node_scrape"));
  };

  expect([read(["a", "b"]), read(["b"]), read(["a", "b"])]).toEqual([["a", "b"], ["b"], ["a", "b"]]);
  expect(created).toEqual(["a", "b"]);
});

test("waits for a response as long as a scrape does, and no longer", async () => {
  const answer = Promise.withResolvers<void>();
  let isThere = false;
  const slow: HostCollector = {
    prepare: () => answer.promise,
    collect: (_i, _c, out) => {
      if (!isThere) throw new Error("did not respond in time");
      out.series("slow", "", 1);
    },
  };
  const { clock, set } = setUp({ slow, quick: writes("quick") });
  set.use({ enabled: ["slow", "quick"], hung: [] });
  const late = new SectionRecorder();
  const first = set.collect(HOST, tickAt(0), late);
  const before = late.ended.slice();
  clock.advance(80);
  await first;
  isThere = true;
  answer.resolve();
  const inTime = new SectionRecorder();
  await set.collect(HOST, tickAt(1), inTime);

  expect(before).toEqual(["quick"]);
  expect(late.failed).toEqual(["slow: did not respond in time"]);
  expect(inTime.written.map(({ name }) => name)).toContain("slow");
});

test("without a success the host is down", () => {
  const { set } = setUp({
    a: {
      collect: () => {
        throw new Error("cannot read /proc/a: ENOENT");
      },
    },
  });
  set.use({ enabled: ["a"], hung: [] });

  expect(() => set.collect(HOST, tickAt(0), new SectionRecorder())).toThrow(
    "no collector could read this host: cannot read /proc/a: ENOENT",
  );
});

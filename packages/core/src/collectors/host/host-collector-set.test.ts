import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import type { SectionWriter } from "../../model/collector.ts";
import { HostCollectorSet } from "./host-collector-set.ts";
import type { HostCollector } from "./host-collector.ts";
import { HOST, RecordingWriter, tickAt } from "./testing/collect-once.ts";

class SectionRecorder extends RecordingWriter implements SectionWriter {
  readonly begun: number[] = [];
  readonly ended: string[] = [];
  readonly failed: string[] = [];
  readonly slow: string[] = [];

  beginSection(index: number): void {
    this.begun.push(index);
  }

  endSection(collector: string): void {
    this.ended.push(collector);
  }

  wholeSnapshot(): void {
    throw new Error("a host writes its series part by part");
  }

  failSection(collector: string, message: string, isSlow = false): void {
    this.failed.push(`${collector}: ${message}`);
    if (isSlow) this.slow.push(collector);
  }
}

function setUp(collectors: Readonly<Record<string, HostCollector>>) {
  const clock = new ManualClock();
  const created: string[] = [];
  const active = { ranMs: 0, waitedMs: 0 };
  const create = (name: string) => {
    created.push(name);
    return collectors[name]!;
  };
  const set = new HostCollectorSet(create, { clock, usage: () => ({ ...active }) });
  return { active, clock, created, set };
}

const writes = (name: string): HostCollector => ({ collect: (_i, _c, out) => out.series(name, "", 1) });

test("notes which part it reads, and leaves out those that hang", () => {
  const { set } = setUp({ a: writes("a"), b: writes("b"), c: writes("c") });
  const out = new SectionRecorder();
  set.use({ enabled: ["a", "b", "c"], hung: ["b"] });

  void set.collect(HOST, tickAt(0), out);

  expect(out.begun).toEqual([0, 1, 2]);
  expect(out.failed).toEqual(["b: did not return in time; it is tried again in a child process"]);
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

describe("a collector that takes long", () => {
  const read = (set: HostCollectorSet) => {
    const out = new SectionRecorder();
    void set.collect(HOST, tickAt(0), out);
    return {
      slow: out.slow,
      ended: out.ended.filter((name, index, all) => all.indexOf(name) === index),
      failed: out.failed,
    };
  };

  function setUpSlow(take: (clock: ManualClock, active: { ranMs: number; waitedMs: number }) => void) {
    const parts: ReturnType<typeof setUp> = setUp({
      sensor: { collect: () => take(parts.clock, parts.active) },
      quick: writes("quick"),
    });
    parts.set.use({ enabled: ["sensor", "quick"], hung: [] });
    return parts.set;
  }

  test("is slow in the second reading in a row in which it blocks the thread for long; the others are served", () => {
    const set = setUpSlow((clock) => clock.advance(100));

    const readings = [read(set), read(set)];

    expect(readings[0]).toEqual({ slow: [], ended: ["sensor", "quick"], failed: [] });
    expect(readings[1]).toEqual({
      slow: ["sensor"],
      ended: ["quick", "sensor"],
      failed: ["sensor: blocked for 100 ms; it is tried again in a child process"],
    });
  });

  test("is not slow when every second reading is quick, as of a disk that is busy for a moment", () => {
    const times = [500, 1, 500, 1, 500];
    const set = setUpSlow((clock) => clock.advance(times.shift()!));

    expect(Array.from({ length: 5 }, () => read(set).slow)).toEqual([[], [], [], [], []]);
  });

  test("is not slow when the thread ran, or waited for a CPU", () => {
    const set = setUpSlow((clock, active) => {
      clock.advance(1_000);
      active.ranMs += 300;
      active.waitedMs += 601;
    });

    expect(Array.from({ length: 3 }, () => read(set).slow)).toEqual([[], [], []]);
  });
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

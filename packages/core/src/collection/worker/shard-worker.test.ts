import { describe, expect, test } from "@jest/globals";
import { BATCH_ROW_BYTES, viewBatch } from "../../model/batch.ts";
import type { Batch } from "../../model/batch.ts";
import type { Collector, InstanceRef } from "../../model/collector.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import { CollectFailure, FAILURE_REASONS } from "../../model/failure.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { ROWS_PER_TICK } from "../schedule/due-queue.ts";
import type { HostCollector } from "../../collectors/host/host-collector.ts";
import { HostCollectorSet } from "../../collectors/host/host-collector-set.ts";
import { Progress } from "../progress.ts";
import type { LateReply, ShardSetup, Tick, TickReply } from "../protocol.ts";
import { ShardWorker } from "./shard-worker.ts";

type HostPart = HostCollector & { readonly name: string };

function ref(id: number, interval = 5): InstanceRef {
  const fixed = { ip: "10.0.0.1", target: null, simulation: null, createdAtMs: 0 };
  return { ...fixed, id, name: `i-${id}`, kind: "simulated", interval };
}

function tickOf(ids: number[], put: InstanceRef[] = [], timestampMs = 1_000): Tick {
  return {
    put,
    remove: [],
    ids: Int32Array.from(ids),
    timestamps: new Float64Array(ids.length).fill(timestampMs),
    refresh: [],
    hostCollectors: null,
  };
}

function makeWorker(collect: Collector["collect"], hostCollectors: HostPart[] = []) {
  const clock = new ManualClock();
  const late: LateReply[] = [];
  const progress = new Progress();
  const rows = new SharedArrayBuffer(ROWS_PER_TICK * BATCH_ROW_BYTES);
  const setup: ShardSetup = {
    generation: 3,
    progress: progress.buffer,
    rows,
    host: {} as ShardSetup["host"],
    targets: { allowLoopback: true, ownPort: 0 },
    collectTimeoutMs: 10_000,
  };
  const host = new HostCollectorSet((name) => hostCollectors.find((one) => one.name === name)!, {
    clock,
    usage: () => null,
  });
  host.use({ enabled: hostCollectors.map(({ name }) => name), hung: [] });
  const collectors = { simulated: { name: "test", collect }, host };
  const worker = new ShardWorker(setup, { clock, collectors, postLate: (reply) => late.push(reply) });
  return { clock, late, worker, progress, rows };
}

const batchOf = (reply: TickReply): Batch => viewBatch(reply.buffer, reply.rows);
const reasonAt = (batch: Batch, row: number) => FAILURE_REASONS[batch.reasons[row]!];

describe("ShardWorker", () => {
  test("answers a tick with one row per due instance, with the slot's timestamp", () => {
    const { worker } = makeWorker((instance, _context, out) => out.column(COLUMN.load1, instance.id));

    const reply = worker.tick(tickOf([1, 2], [ref(1), ref(2)], 7_000));

    const batch = batchOf(reply);
    expect([...batch.ids]).toEqual([1, 2]);
    expect([...batch.timestamps]).toEqual([7_000, 7_000]);
    expect([...batch.columns[COLUMN.load1]!]).toEqual([1, 2]);
    expect([...batch.columns[COLUMN.up]!]).toEqual([1, 1]);
    expect(reply.generation).toBe(3);
  });

  test("leaves what a collector did not write unknown", () => {
    const { worker } = makeWorker(() => {});

    const batch = batchOf(worker.tick(tickOf([1], [ref(1)])));

    expect(batch.columns[COLUMN.cpu_usage_percent]![0]).toBeNaN();
  });

  test("turns an error into a row with up 0 and the reason, and continues with the next", () => {
    const { worker } = makeWorker((instance, _context, out) => {
      out.column(COLUMN.load1, 1);
      if (instance.id === 1) throw new CollectFailure("refused", "no");
      if (instance.id === 2) throw new TypeError("a defect");
    });

    const batch = batchOf(worker.tick(tickOf([1, 2, 3], [ref(1), ref(2), ref(3)])));

    expect([...batch.columns[COLUMN.up]!]).toEqual([0, 0, 1]);
    expect(batch.columns[COLUMN.load1]![0]).toBeNaN();
    expect([reasonAt(batch, 0), reasonAt(batch, 1), reasonAt(batch, 2)]).toEqual(["refused", "failed", "none"]);
  });

  test("drops a removed instance", () => {
    const { worker } = makeWorker(() => {});
    worker.tick(tickOf([1], [ref(1)]));

    const reply = worker.tick({ ...tickOf([1]), remove: [1] });

    expect(reply.rows).toBe(0);
  });

  test("sends the row of a slow collector later, and skips and counts it while it is busy", async () => {
    const answer = Promise.withResolvers<void>();
    const { late, worker } = makeWorker((_instance, _context, out) =>
      answer.promise.then(() => out.column(COLUMN.load1, 4)),
    );

    const first = worker.tick(tickOf([1], [ref(1)], 1_000));
    const second = worker.tick(tickOf([1], [], 6_000));
    answer.resolve();
    await answer.promise;
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    await Promise.resolve();

    expect(first).toMatchObject({ rows: 0, later: [1] });
    expect(second).toMatchObject({ rows: 0, later: [], busy: 1 });
    const row = viewBatch(late[0]!.buffer!, 1);
    expect(row.timestamps[0]).toBe(1_000);
    expect(row.columns[COLUMN.load1]![0]).toBe(4);
    expect(row.columns[COLUMN.up]![0]).toBe(1);
  });

  test("does not let a slow collector's late writes affect other rows", async () => {
    const answer = Promise.withResolvers<void>();
    const { worker } = makeWorker((instance, _context, out) => {
      if (instance.id === 1) return answer.promise.then(() => out.column(COLUMN.load1, 99));
      out.column(COLUMN.load1, instance.id);
      return undefined;
    });

    const reply = worker.tick(tickOf([1, 2, 3], [ref(1), ref(2), ref(3)]));
    answer.resolve();
    await answer.promise;

    const batch = batchOf(reply);
    expect([...batch.ids]).toEqual([2, 3]);
    expect([...batch.columns[COLUMN.load1]!]).toEqual([2, 3]);
  });

  test("reports a timeout at the deadline, shortly before the next slot, and aborts the collector", () => {
    let signal: AbortSignal | null = null;
    const { clock, late, worker } = makeWorker((_instance, context) => {
      signal = context.signal;
      return new Promise(() => {});
    });
    worker.tick(tickOf([1], [ref(1, 5)]));

    clock.advance(4_799);
    const before = late.length;
    clock.advance(1);

    expect(before).toBe(0);
    expect(signal!.aborted).toBe(true);
    expect(reasonAt(viewBatch(late[0]!.buffer!, 1), 0)).toBe("timeout");
  });

  test("reports in shared memory what it collects, which rows are finished, and that it is done, also after an error", () => {
    const seen: unknown[] = [];
    const { progress, rows, worker } = makeWorker((instance, _context, out) => {
      const finished = viewBatch(rows, ROWS_PER_TICK).ids.slice(0, progress.rows);
      seen.push([instance.id, progress.index, progress.isCollecting, [...finished]]);
      out.column(COLUMN.load1, 1);
      if (instance.id === 8) throw new Error("no");
    });

    worker.tick(tickOf([7, 8, 9], [ref(7), ref(8), ref(9)]));

    expect(seen).toEqual([
      [7, 0, true, []],
      [8, 1, true, [7]],
      [9, 2, true, [7, 8]],
    ]);
    expect(progress.isCollecting).toBe(false);
    expect(progress.rows).toBe(3);
  });

  test("leaves nothing of one tick in the rows of the next one", () => {
    const { worker } = makeWorker((instance, context, out) => {
      if (context.wallMs === 1_000) out.column(COLUMN.load5, instance.id);
    });
    worker.tick(tickOf([1, 2], [ref(1), ref(2)], 1_000));

    const batch = batchOf(worker.tick(tickOf([2, 1], [], 6_000)));

    expect([...batch.columns[COLUMN.load5]!]).toEqual([NaN, NaN]);
    expect([...batch.ids]).toEqual([2, 1]);
  });

  test("refreshes a snapshot without a row, and a failing collector affects only its section", () => {
    const good: HostPart = { name: "loadavg", collect: (_i, _r, out) => out.series("node_load1", "", 1) };
    const bad: HostPart = {
      name: "cpu",
      collect: () => {
        throw new Error("cannot read /proc/stat: ENOENT");
      },
    };
    const { worker } = makeWorker(() => {}, [bad, good]);
    const host: InstanceRef = { ...ref(-9), kind: "host" };

    const reply = worker.tick({ ...tickOf([], [host]), refresh: [-9] });

    expect(reply.rows).toBe(0);
    expect(reply.failures).toEqual([
      { instanceId: -9, collector: "cpu", isPartial: false, isSlow: false, message: "cannot read /proc/stat: ENOENT" },
    ]);
    const { layout, values } = reply.refreshed[0]!;
    const success = layout!.names.flatMap((name, i) =>
      name === "node_scrape_collector_success" ? [[layout!.labels[i], values[i]]] : [],
    );
    expect(layout!.names).toContain("node_load1");
    expect(success).toEqual([
      ['collector="cpu"', 0],
      ['collector="loadavg"', 1],
    ]);
  });

  test("a host collector with nothing to read is a success without series, even when none has anything", () => {
    const absent: HostPart = { name: "diskstats", collect: () => {} };
    const { worker } = makeWorker(() => {}, [absent]);

    const reply = worker.tick(tickOf([-9], [{ ...ref(-9), kind: "host" }]));

    const { layout, values } = reply.snapshots[0]!;
    expect(layout!.names).toEqual(["node_scrape_collector_duration_seconds", "node_scrape_collector_success"]);
    expect(values[1]).toBe(1);
    expect(reply.failures).toEqual([]);
    expect(reasonAt(batchOf(reply), 0)).toBe("none");
  });

  test("returns the series of any instance that writes some as its snapshot, with the layout once", () => {
    const { worker } = makeWorker((instance, context, out) => {
      if (instance.id === 1) out.series("target_up", "", context.wallMs);
    });

    const first = worker.tick(tickOf([1, 2], [ref(1), ref(2)], 1_000));
    const second = worker.tick(tickOf([1, 2], [], 6_000));

    expect(first.snapshots.map(({ instanceId, layout }) => [instanceId, layout?.sections])).toEqual([
      [1, [{ collector: "simulated", start: 0, end: 1 }]],
    ]);
    expect(second.snapshots.map(({ layout, values }) => [layout, [...values]])).toEqual([[null, [6_000]]]);
  });

  test("sends the layout again for an instance that was sent again", () => {
    const { worker } = makeWorker((_instance, _context, out) => out.series("target_up", "", 1));
    worker.tick(tickOf([1], [ref(1)]));

    const [again] = worker.tick(tickOf([1], [ref(1)])).snapshots;

    expect(again!.layout!.names).toEqual(["target_up"]);
  });

  test("sends no series of a collection that failed without a section", () => {
    const { worker } = makeWorker((_instance, _context, out) => {
      out.series("target_up", "", 1);
      throw new CollectFailure("refused", "no");
    });

    const reply = worker.tick(tickOf([1], [ref(1)]));

    expect(reply.snapshots).toEqual([]);
    expect(reasonAt(batchOf(reply), 0)).toBe("refused");
  });

  test("refreshes an asynchronous instance without a row, and skips one that is being collected", async () => {
    const answers = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const { late, worker } = makeWorker((instance, context, out) =>
      answers[instance.id - 1]!.promise.then(() => out.series("target_up", "", context.occasion === "refresh" ? 7 : 1)),
    );
    worker.tick(tickOf([2], [ref(1), ref(2)]));

    const reply = worker.tick({ ...tickOf([]), refresh: [1, 2] });
    answers[0]!.resolve();
    await answers[0]!.promise;
    await new Promise<void>((resolve) => queueMicrotask(resolve));
    await Promise.resolve();

    expect(reply).toMatchObject({ rows: 0, refreshing: [1], later: [], busy: 0 });
    expect(late).toHaveLength(1);
    expect(late[0]).toMatchObject({ instanceId: 1, buffer: null });
    expect([...late[0]!.snapshot!.values]).toEqual([7]);
  });

  test("reports the host as down when all of its collectors fail", () => {
    const bad: HostPart = {
      name: "cpu",
      collect: () => {
        throw new Error("cannot read /proc/stat");
      },
    };
    const { worker } = makeWorker(() => {}, [bad]);

    const batch = batchOf(worker.tick(tickOf([-9], [{ ...ref(-9), kind: "host" }])));

    expect(batch.columns[COLUMN.up]![0]).toBe(0);
    expect(reasonAt(batch, 0)).toBe("failed");
  });
});

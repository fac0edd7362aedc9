import { allocateUnknown, copyFirstRows, viewBatch } from "../../model/batch.ts";
import type { BatchIn } from "../../model/batch.ts";
import type { CollectorsByKind } from "../../collectors/registry.ts";
import type { Clock } from "../../model/clock.ts";
import type { InstanceRef } from "../../model/collector.ts";
import { CollectFailure, reasonOf } from "../../model/failure.ts";
import { Progress } from "../progress.ts";
import type { LateReply, SectionFailure, ShardSetup, SnapshotMessage, Tick, TickReply } from "../protocol.ts";
import { ROWS_PER_TICK } from "../schedule/due-queue.ts";
import { SLOT_MS } from "../schedule/slots.ts";
import { AbortableContext } from "./abortable-context.ts";
import { RowWriter } from "./row-writer.ts";
import { SnapshotBuilder } from "./snapshot-builder.ts";

export interface ShardWorkerParts {
  readonly clock: Clock;
  readonly collectors: CollectorsByKind;
  readonly postLate: (reply: LateReply) => void;
}

/** Results of collections apart from their rows. */
interface SeriesResults {
  readonly snapshots: SnapshotMessage[];
  readonly failures: SectionFailure[];
}

/** The part of a shard inside its thread: holds its instances, and answers each tick with a batch and snapshots. */
export class ShardWorker {
  readonly #setup: ShardSetup;
  readonly #parts: ShardWorkerParts;
  readonly #instances = new Map<number, InstanceRef>();
  /** Of instances that write series. */
  readonly #builders = new Map<number, SnapshotBuilder>();
  /** Instances whose collection from an earlier tick is still running. */
  readonly #busy = new Set<number>();
  readonly #progress: Progress;
  readonly #rows: BatchIn<SharedArrayBuffer>;
  #writer: RowWriter;

  constructor(setup: ShardSetup, parts: ShardWorkerParts) {
    this.#setup = setup;
    this.#parts = parts;
    this.#progress = new Progress(setup.progress);
    this.#rows = viewBatch(setup.rows, ROWS_PER_TICK);
    this.#writer = this.#writerOf(this.#rows);
  }

  /** Signals that the thread has loaded its modules. */
  ready(kernelThreadId: number): void {
    this.#progress.ready(kernelThreadId);
  }

  tick(tick: Tick): TickReply {
    const startMs = this.#parts.clock.monotonicMs();
    if (tick.hostCollectors !== null) this.#parts.collectors.host?.use(tick.hostCollectors);
    for (const instance of tick.put) this.#put(instance);
    for (const id of tick.remove) this.#remove(id);
    for (const column of this.#rows.columns) column.fill(NaN, 0, tick.ids.length);
    this.#writer.row = 0;
    const failures: SectionFailure[] = [];
    const collected: SeriesResults = { snapshots: [], failures };
    const refreshed: SeriesResults = { snapshots: [], failures };
    const { busy, later } = this.#collectAll(tick, collected);
    const refreshing = this.#refreshAll(tick, refreshed);
    const batch = copyFirstRows(this.#rows, this.#writer.row);
    return {
      generation: this.#setup.generation,
      buffer: batch.ids.buffer,
      rows: batch.rows,
      later,
      refreshing,
      busy,
      snapshots: collected.snapshots,
      refreshed: refreshed.snapshots,
      failures,
      durationMs: this.#parts.clock.monotonicMs() - startMs,
    };
  }

  #put(instance: InstanceRef): void {
    this.#instances.set(instance.id, instance);
    // The main thread may have dropped the layout: send it again with the next snapshot.
    this.#builders.delete(instance.id);
  }

  #remove(id: number): void {
    this.#instances.delete(id);
    this.#builders.delete(id);
  }

  #collectAll(tick: Tick, results: SeriesResults): { busy: number; later: number[] } {
    const later: number[] = [];
    let busy = 0;
    for (let index = 0; index < tick.ids.length; index++) {
      const instance = this.#instances.get(tick.ids[index]!);
      if (instance === undefined) continue;
      this.#progress.begin(index);
      if (this.#busy.has(instance.id)) busy++;
      else if (!this.#collect(instance, tick.timestamps[index]!, results)) later.push(instance.id);
      this.#progress.end();
      this.#progress.finish(this.#writer.row);
    }
    return { busy, later };
  }

  /** Collects one instance into the current row; false when its row follows later. */
  #collect(instance: InstanceRef, slotMs: number, results: SeriesResults): boolean {
    const writer = this.#writer;
    const context = new AbortableContext("tick", slotMs, this.#parts.clock.monotonicMs());
    const pending = this.#attempt(instance, context, writer);
    if (pending !== undefined) {
      const row = allocateUnknown(1);
      this.#writer = writer.detach(row);
      void this.#finishLater({ instance, context, writer, pending }, row.ids.buffer);
      return false;
    }
    this.#take(writer, results);
    writer.row++;
    return true;
  }

  /** Refreshes snapshots; their columns are discarded. Returns the instances that are not done yet. */
  #refreshAll(tick: Tick, results: SeriesResults): number[] {
    const refreshing: number[] = [];
    tick.refresh.forEach((id, index) => {
      const instance = this.#instances.get(id);
      if (instance === undefined || this.#busy.has(id)) return;
      this.#progress.begin(tick.ids.length + index);
      if (!this.#refresh(instance, results)) refreshing.push(id);
      this.#progress.end();
    });
    return refreshing;
  }

  /** A refresh does not change the status: a failure shows in the snapshot, and in the status with the next tick. */
  #refresh(instance: InstanceRef, results: SeriesResults): boolean {
    const { clock } = this.#parts;
    const context = new AbortableContext("refresh", clock.wallMs(), clock.monotonicMs());
    const writer = this.#writerOf(allocateUnknown(1));
    const pending = this.#attempt(instance, context, writer);
    if (pending === undefined) this.#take(writer, results);
    else void this.#finishLater({ instance, context, writer, pending }, null);
    return pending === undefined;
  }

  /** Starts a collection and, unless it returns a promise, completes its row. */
  #attempt(instance: InstanceRef, context: AbortableContext, writer: RowWriter): Promise<void> | undefined {
    writer.begin(instance);
    try {
      const collector = this.#parts.collectors[instance.kind];
      if (collector === undefined) throw new CollectFailure("unsupported", `no collector for kind ${instance.kind}`);
      const pending = collector.collect(instance, context, writer);
      if (pending) return pending;
      this.#succeed(context, writer);
    } catch (error) {
      writer.fail(context.wallMs, reasonOf(error));
    }
    return undefined;
  }

  #succeed(context: AbortableContext, writer: RowWriter): void {
    writer.succeed(context.wallMs, (this.#parts.clock.monotonicMs() - context.monotonicMs) / 1000);
  }

  /** Never rejects. Replies when the collector settles or its deadline passes, whichever is first. */
  async #finishLater({ instance, context, writer, pending }: Pending, buffer: ArrayBuffer | null): Promise<void> {
    let answered = false;
    const answer = (complete: () => void) => {
      if (answered) return;
      answered = true;
      complete();
      this.#postLate(instance.id, writer, buffer);
    };
    const fail = (error: unknown) => answer(() => writer.fail(context.wallMs, reasonOf(error)));
    this.#busy.add(instance.id);
    const deadlineMs = Math.min(this.#setup.collectTimeoutMs, instance.interval * 1000 - 2 * SLOT_MS);
    const cancel = this.#parts.clock.after(deadlineMs, () => {
      context.abort();
      const message = `did not respond within ${deadlineMs / 1000} s`;
      if (!answered) writer.failSection(instance.kind, message);
      fail(new CollectFailure("timeout", message));
    });
    try {
      await pending;
      answer(() => this.#succeed(context, writer));
    } catch (error) {
      fail(error);
    } finally {
      cancel();
      this.#busy.delete(instance.id);
    }
  }

  #postLate(instanceId: number, writer: RowWriter, buffer: ArrayBuffer | null): void {
    const results: SeriesResults = { snapshots: [], failures: [] };
    this.#take(writer, results);
    const [snapshot = null] = results.snapshots;
    const { generation } = this.#setup;
    this.#parts.postLate({ generation, instanceId, buffer, snapshot, failures: results.failures });
  }

  /** Takes the other results of a completed collection. */
  #take({ snapshot: builder }: RowWriter, { snapshots, failures }: SeriesResults): void {
    if (builder === null) return;
    failures.push(...builder.failures);
    const snapshot = builder.finish(this.#parts.clock.wallMs());
    if (snapshot !== null) snapshots.push(snapshot);
  }

  #writerOf(batch: BatchIn<ArrayBufferLike>): RowWriter {
    return new RowWriter(
      batch,
      (id) => this.#beginSnapshot(id),
      (section) => this.#progress.beginSection(section),
    );
  }

  #beginSnapshot(instanceId: number): SnapshotBuilder {
    let builder = this.#builders.get(instanceId);
    if (builder === undefined) {
      builder = new SnapshotBuilder(instanceId);
      this.#builders.set(instanceId, builder);
    }
    builder.begin();
    return builder;
  }
}

/** A collection that continues after its call returned. */
interface Pending {
  readonly instance: InstanceRef;
  readonly context: AbortableContext;
  readonly writer: RowWriter;
  readonly pending: Promise<void>;
}

import { copyFirstRows, viewBatch } from "../../model/batch.ts";
import type { BatchIn } from "../../model/batch.ts";
import type { Clock } from "../../model/clock.ts";
import type { Collector, InstanceRef, Reading, SampleWriter } from "../../model/collector.ts";
import { CollectFailure, reasonOf } from "../../model/failure.ts";
import type { InstanceKind } from "../../model/instance.ts";
import { ROWS_PER_TICK } from "../schedule/due-queue.ts";
import type { HostRunner } from "./host-runner.ts";
import { Progress } from "../progress.ts";
import { RowWriter, allocateUnknown } from "./row-writer.ts";
import type { LateRow, ShardSetup, Tick, TickReply } from "../shard-protocol.ts";
import { SLOT_MS } from "../schedule/slots.ts";

export interface ShardWorkerParts {
  readonly clock: Clock;
  /** One collector a kind; a kind without one fails as `unsupported`. */
  readonly collectors: Readonly<Partial<Record<InstanceKind, Collector>>>;
  readonly host: HostRunner;
  readonly postLate: (late: LateRow) => void;
}

/** The life of a shard inside its thread: knows its instances, and answers each tick with a batch. */
export class ShardWorker {
  readonly #setup: ShardSetup;
  readonly #parts: ShardWorkerParts;
  readonly #instances = new Map<number, InstanceRef>();
  /** Instances whose collection goes on from an earlier tick. */
  readonly #busy = new Set<number>();
  readonly #progress: Progress;
  readonly #rows: BatchIn<SharedArrayBuffer>;
  #writer: RowWriter;

  constructor(setup: ShardSetup, parts: ShardWorkerParts) {
    this.#setup = setup;
    this.#parts = parts;
    this.#progress = new Progress(setup.progress);
    this.#rows = viewBatch(setup.rows, ROWS_PER_TICK);
    this.#writer = new RowWriter(this.#rows);
  }

  /** Says that the thread has loaded all that it needs. */
  ready(kernelThreadId: number): void {
    this.#progress.ready(kernelThreadId);
  }

  tick(tick: Tick): TickReply {
    const startMs = this.#parts.clock.monotonicMs();
    for (const instance of tick.put) this.#instances.set(instance.id, instance);
    for (const id of tick.remove) this.#instances.delete(id);
    for (const column of this.#rows.columns) column.fill(NaN, 0, tick.ids.length);
    this.#writer.row = 0;
    const { busy, later } = this.#collectAll(tick);
    if (tick.refreshHost !== null) this.#refresh(tick.refreshHost, tick.ids.length);
    const batch = copyFirstRows(this.#rows, this.#writer.row);
    return {
      generation: this.#setup.generation,
      buffer: batch.ids.buffer,
      rows: batch.rows,
      later,
      busy,
      page: this.#parts.host.takePage(),
      failures: this.#parts.host.takeFailures(),
      durationMs: this.#parts.clock.monotonicMs() - startMs,
    };
  }

  #collectAll(tick: Tick): { busy: number; later: number[] } {
    const later: number[] = [];
    let busy = 0;
    for (let index = 0; index < tick.ids.length; index++) {
      const instance = this.#instances.get(tick.ids[index]!);
      if (instance === undefined) continue;
      this.#progress.begin(index);
      if (this.#busy.has(instance.id)) busy++;
      else if (!this.#collect(instance, tick.timestamps[index]!)) later.push(instance.id);
      this.#progress.end();
      this.#progress.finish(this.#writer.row);
    }
    return { busy, later };
  }

  /** Collects one instance into the current row; false when its row will come later. */
  #collect(instance: InstanceRef, timestampMs: number): boolean {
    const { clock } = this.#parts;
    const reading = new TickReading(timestampMs, clock.monotonicMs());
    try {
      const pending = this.#start(instance, reading, this.#writer);
      if (pending) {
        void this.#finishLater(instance, reading, pending);
        return false;
      }
      this.#writer.succeed(instance.id, timestampMs, (clock.monotonicMs() - reading.monotonicMs) / 1000);
    } catch (error) {
      this.#writer.fail(instance.id, timestampMs, reasonOf(error));
    }
    this.#writer.row++;
    return true;
  }

  #start(instance: InstanceRef, reading: Reading, out: SampleWriter): void | Promise<void> {
    const collector = this.#parts.collectors[instance.kind];
    if (collector === undefined) throw new CollectFailure("unsupported", `no collector for kind ${instance.kind}`);
    return collector.collect(instance, reading, out);
  }

  /** Never rejects. Posts the row when the collector settles or its deadline passes, whichever is first. */
  async #finishLater(instance: InstanceRef, reading: TickReading, pending: Promise<void>): Promise<void> {
    const writer = this.#writer;
    const row = allocateUnknown(1);
    this.#writer = writer.detach(row);
    let answered = false;
    const answer = (complete: () => void) => {
      if (answered) return;
      answered = true;
      complete();
      this.#parts.postLate({ generation: this.#setup.generation, buffer: row.ids.buffer });
    };
    const fail = (error: unknown) => answer(() => writer.fail(instance.id, reading.wallMs, reasonOf(error)));
    this.#busy.add(instance.id);
    const deadlineMs = Math.min(this.#setup.collectTimeoutMs, instance.interval * 1000 - 2 * SLOT_MS);
    const cancel = this.#parts.clock.after(deadlineMs, () => {
      reading.abort();
      fail(new CollectFailure("timeout", `no answer in ${deadlineMs} ms`));
    });
    try {
      await pending;
      const seconds = (this.#parts.clock.monotonicMs() - reading.monotonicMs) / 1000;
      answer(() => writer.succeed(instance.id, reading.wallMs, seconds));
    } catch (error) {
      fail(error);
    } finally {
      cancel();
      this.#busy.delete(instance.id);
    }
  }

  #refresh(hostId: number, index: number): void {
    const host = this.#instances.get(hostId);
    if (host === undefined) return;
    const { clock } = this.#parts;
    const reading: Reading = {
      occasion: "refresh",
      wallMs: clock.wallMs(),
      monotonicMs: clock.monotonicMs(),
      signal: null,
    };
    this.#progress.begin(index);
    try {
      this.#parts.host.collect(host, reading, { column: () => {}, series: () => {} });
    } catch (error) {
      // A refresh is not an attempt: the page says it by its success series, the next tick by the host's status.
      if (reasonOf(error) !== "failed") throw error;
    } finally {
      this.#progress.end();
    }
  }
}

/** One collection's occasion; its signal is made only for a collector that asks for it. */
class TickReading implements Reading {
  readonly occasion = "tick";
  readonly wallMs: number;
  readonly monotonicMs: number;
  #controller: AbortController | null = null;

  constructor(wallMs: number, monotonicMs: number) {
    this.wallMs = wallMs;
    this.monotonicMs = monotonicMs;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  abort(): void {
    this.#controller?.abort();
  }
}

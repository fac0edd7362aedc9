import type { Config } from "../config/config.ts";
import { Backoff } from "../model/backoff.ts";
import { viewBatch } from "../model/batch.ts";
import type { Batch } from "../model/batch.ts";
import type { CancelTimer, Clock } from "../model/clock.ts";
import type { InstanceRef } from "../model/collector.ts";
import { codeOf, messageOf } from "../model/errors.ts";
import type { FailureReason } from "../model/failure.ts";
import type { Logger } from "../model/logger.ts";
import { DueQueue } from "./due-queue.ts";
import { Roster } from "./roster.ts";
import { RowWriter } from "./row-writer.ts";
import type { CollectorFailure, LateRow, PageMessage, ShardSetup, TickReply } from "./shard-protocol.ts";
import { ShardStats } from "./shard-stats.ts";
import { ShardThread } from "./shard-thread.ts";
import { Suspects } from "./suspects.ts";

export interface ShardOptions {
  readonly index: number;
  readonly host: Config["host"];
  readonly heapMaxMiB: number;
  readonly collectTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly onBatch: (batch: Batch) => void;
  readonly onPage: (page: PageMessage, generation: number) => void;
  readonly onCollectorFailures: (failures: readonly CollectorFailure[]) => void;
}

/** After the hang deadline, how long a reply that is on its way (this process was frozen itself) may still arrive. */
const GRACE_MS = 100;
const DESTROY_DEADLINE_MS = 1_000;
const REPLACE = { firstMs: 50, maxMs: 5_000 };

interface InFlight {
  readonly ids: Int32Array;
  readonly timestamps: Float64Array;
  readonly refresh: boolean;
  cancelTimer: CancelTimer;
}

/**
 * One thread and the instances that live in it.
 *
 *   no thread --open--> idle --send--> in flight --reply--> idle
 *       ^                                  |
 *       +---- replace (hung, crashed) -----+   back-off between two openings; what was due meanwhile waits in the queue
 *
 * One tick is in flight at a time. An instance waits in the queue at most once: due again, it is counted as missed.
 */
export class Shard {
  readonly stats = new ShardStats();
  readonly #options: ShardOptions;
  readonly #logger: Logger;
  readonly #roster = new Roster();
  readonly #queue = new DueQueue();
  readonly #suspects: Suspects;
  readonly #backoff: Backoff;
  /** Rows that the thread still owes from ticks it answered: id to slot. */
  readonly #owed = new Map<number, number>();
  readonly #current = new SharedArrayBuffer(8);
  #failed: { id: number; timestampMs: number; reason: FailureReason }[] = [];
  #thread: ShardThread | null = null;
  #generation = 0;
  #inFlight: InFlight | null = null;
  #refresh: PromiseWithResolvers<void> | null = null;
  #refreshHost: number | null = null;
  #cancelReopen: CancelTimer = () => {};
  #stopped = false;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.#logger = options.logger;
    this.#suspects = new Suspects(options.clock, options.random);
    this.#backoff = new Backoff(REPLACE, options.random);
  }

  /** Starts the thread. */
  open(): void {
    if (this.#stopped) return;
    this.#generation++;
    const generation = this.#generation;
    const setup: ShardSetup = {
      generation,
      current: this.#current,
      instances: this.#roster.instances,
      host: this.#options.host,
      collectTimeoutMs: this.#options.collectTimeoutMs,
    };
    this.#roster.allTold();
    Atomics.store(new Int32Array(this.#current), 1, 0);
    this.#thread = new ShardThread({
      setup,
      heapMaxMiB: this.#options.heapMaxMiB,
      late: (row) => this.#onLateRow(row),
      died: (error) => generation === this.#generation && this.#replace("crashed", error),
    });
    this.stats.running = true;
    this.flush();
  }

  /** Adds an instance, or replaces what is known of it. */
  put(instance: InstanceRef): void {
    this.#roster.put(instance);
    this.#suspects.acquit(instance.id);
  }

  remove(id: number): void {
    this.#roster.remove(id);
    this.#queue.remove(id);
    this.#owed.delete(id);
    this.#suspects.acquit(id);
  }

  /** Queues a collection; `timestampMs` NaN stands for the moment it is sent. Call flush() when all are queued. */
  due(id: number, timestampMs: number): void {
    const reason = this.#suspects.excuse(id);
    if (reason !== null) this.#failed.push({ id, timestampMs, reason });
    else if (!this.#queue.add(id, timestampMs)) this.stats.missed.overrun++;
  }

  /** Reads the host's page anew. Resolves when it has arrived; concurrent callers share one reading. */
  refresh(hostId: number): Promise<void> {
    this.#refreshHost = hostId;
    this.#refresh ??= Promise.withResolvers<void>();
    const { promise } = this.#refresh;
    this.flush();
    return promise;
  }

  /** Sends the next tick if the thread is free and there is anything to tell it. */
  flush(): void {
    this.#deliverFailed();
    if (this.#thread === null || this.#inFlight !== null || this.#stopped) return;
    const hasWork = this.#queue.size > 0 || this.#roster.hasChanges || this.#refresh !== null;
    if (hasWork) this.#send(this.#thread);
  }

  /** Lets the tick in flight end, then ends the thread. Safe twice. Resolves after 2 s at most: false when the thread would not end. */
  async stop(): Promise<boolean> {
    this.#stopped = true;
    this.#cancelReopen();
    await this.#settled(DESTROY_DEADLINE_MS);
    this.#inFlight?.cancelTimer();
    this.#loseInFlight(null);
    this.#refresh?.resolve();
    this.#deliverFailed();
    this.#generation++;
    return this.#endThread();
  }

  #send(thread: ShardThread): void {
    const { clock } = this.#options;
    const { ids, timestamps } = this.#queue.take(clock.wallMs());
    const { put, remove } = this.#roster.takeChanges(ids);
    const refresh = this.#refresh !== null;
    const inFlight: InFlight = { ids: ids.slice(), timestamps: timestamps.slice(), refresh, cancelTimer: () => {} };
    inFlight.cancelTimer = this.#watch();
    this.#inFlight = inFlight;
    const generation = this.#generation;
    thread.run({ put, remove, ids, timestamps, refreshHost: refresh ? this.#refreshHost : null }).then(
      (reply) => generation === this.#generation && this.#onReply(reply),
      (error: unknown) => generation === this.#generation && this.#replace("crashed", error),
    );
  }

  #watch(): CancelTimer {
    const { clock } = this.#options;
    let cancel = clock.after(this.#roster.hangDeadlineMs, () => {
      cancel = clock.after(GRACE_MS, () => this.#replace("hung", null));
    });
    return () => cancel();
  }

  #onReply(reply: TickReply): void {
    const inFlight = this.#inFlight!;
    inFlight.cancelTimer();
    this.#inFlight = null;
    this.#backoff.reset();
    this.stats.observeTick(reply.durationMs);
    this.stats.missed.busy += reply.busy;
    const slots =
      reply.later.length === 0 ? null : new Map(Array.from(inFlight.ids, (id, i) => [id, inFlight.timestamps[i]!]));
    for (const id of reply.later) this.#owed.set(id, slots!.get(id)!);
    this.#deliver(viewBatch(reply.buffer, reply.rows));
    if (reply.failures.length > 0) this.#options.onCollectorFailures(reply.failures);
    if (reply.page !== null) this.#options.onPage(reply.page, reply.generation);
    if (inFlight.refresh) {
      this.#refresh?.resolve();
      this.#refresh = null;
    }
    this.flush();
  }

  #onLateRow(row: LateRow): void {
    if (row.generation !== this.#generation) return;
    const batch = viewBatch(row.buffer, 1);
    this.#owed.delete(batch.ids[0]!);
    this.#deliver(batch);
  }

  #deliver(batch: Batch): void {
    if (batch.rows === 0) return;
    if (this.#suspects.size > 0) for (const id of batch.ids) this.#suspects.acquit(id);
    this.#options.onBatch(batch);
  }

  #deliverFailed(): void {
    if (this.#failed.length === 0) return;
    const writer = RowWriter.allocate(this.#failed.length);
    const nowMs = this.#options.clock.wallMs();
    for (const { id, timestampMs, reason } of this.#failed) {
      writer.fail(id, Number.isNaN(timestampMs) ? nowMs : timestampMs, reason);
      writer.row++;
    }
    this.#failed = [];
    this.#options.onBatch(writer.batch);
  }

  /** Throws the thread away, blames the instance that was being collected, and opens another after a back-off. */
  #replace(reason: "hung" | "crashed", error: unknown): void {
    const [currentId, collecting] = new Int32Array(this.#current);
    const culprit = collecting === 1 ? currentId! : null;
    this.#generation++;
    this.stats.running = false;
    this.stats.replaced[reason]++;
    const inFlight = this.#inFlight;
    inFlight?.cancelTimer();
    this.#loseInFlight(culprit === null ? null : { id: culprit, reason });
    if (culprit !== null) this.#accuse(culprit, reason);
    void this.#endThread();
    const delayMs = this.#backoff.next();
    this.#logger.warn("a collector thread is replaced", {
      shard: this.#options.index,
      reason,
      instanceId: culprit,
      delayMs: Math.round(delayMs),
      ...(error === null ? {} : { code: codeOf(error), error: messageOf(error) }),
    });
    this.#cancelReopen = this.#options.clock.after(delayMs, () => this.open());
    this.flush();
  }

  /** Leaves the culprit alone; should it wait for its next turn already, the new thread must not meet it. */
  #accuse(id: number, reason: FailureReason): void {
    this.#suspects.accuse(id, reason);
    const timestampMs = this.#queue.remove(id);
    if (timestampMs !== undefined) this.#failed.push({ id, timestampMs, reason });
  }

  /** The rows that a lost thread owed: the culprit's is a failure, the others' are missed. */
  #loseInFlight(culprit: { id: number; reason: FailureReason } | null): void {
    const lost = new Map(this.#owed);
    this.#inFlight?.ids.forEach((id, i) => lost.set(id, this.#inFlight!.timestamps[i]!));
    this.#inFlight = null;
    this.#owed.clear();
    for (const [id, timestampMs] of lost) {
      if (id === culprit?.id) this.#failed.push({ id, timestampMs, reason: culprit.reason });
      else if (this.#roster.instances.has(id)) this.stats.missed.replaced++;
    }
  }

  async #endThread(): Promise<boolean> {
    const thread = this.#thread;
    this.#thread = null;
    this.stats.running = false;
    if (thread === null) return true;
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = this.#options.clock.after(DESTROY_DEADLINE_MS, () => resolve(false));
    thread.destroy().then(
      () => resolve(true),
      (error: unknown) => {
        this.#logger.warn("a collector thread did not end cleanly", {
          shard: this.#options.index,
          error: messageOf(error),
        });
        resolve(true);
      },
    );
    const ended = await promise;
    cancel();
    return ended;
  }

  /** Resolves when no tick is in flight, or after `deadlineMs`. */
  #settled(deadlineMs: number): Promise<void> {
    const { clock } = this.#options;
    const untilMs = clock.monotonicMs() + deadlineMs;
    return new Promise((resolve) => {
      const look = () => {
        if (this.#inFlight === null || clock.monotonicMs() >= untilMs) resolve();
        else clock.after(10, look);
      };
      look();
    });
  }
}

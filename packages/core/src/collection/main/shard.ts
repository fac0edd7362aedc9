import { Backoff } from "../../model/backoff.ts";
import { BATCH_ROW_BYTES, concatBatches, viewBatch } from "../../model/batch.ts";
import type { Batch, BatchIn } from "../../model/batch.ts";
import type { CancelTimer } from "../../model/clock.ts";
import type { InstanceRef } from "../../model/collector.ts";
import type { InstanceSnapshot, SeriesSnapshot } from "../../model/series-snapshot.ts";
import { readThreadUsage } from "../../platform/thread-usage.ts";
import { endThread } from "./end-thread.ts";
import { DueQueue, ROWS_PER_TICK } from "../schedule/due-queue.ts";
import { Progress } from "../progress.ts";
import { ShardAssignments } from "./shard-assignments.ts";
import type { ShardOptions } from "./shard-options.ts";
import type { LateReply, SnapshotMessage, TickReply } from "../protocol.ts";
import { ReceivedSnapshots } from "./received-snapshots.ts";
import { Refreshes } from "./refreshes.ts";
import { ShardStats } from "./shard-stats.ts";
import { ShardThread } from "./shard-thread.ts";
import { ThreadWatch } from "./thread-watch.ts";
import { NOTHING_LOST, recoverTick } from "./tick-in-flight.ts";
import type { LostTick, TickInFlight } from "./tick-in-flight.ts";

/** Time for a tick in flight to finish when the shard stops. */
const STOP_WAIT_MS = 1_000;
/** Delay before a new thread after a loss that no instance can be blamed for. */
const REPLACE = { firstMs: 50, maxMs: 5_000 };

interface OpenThread {
  readonly thread: ShardThread;
  readonly progress: Progress;
  readonly rows: BatchIn<SharedArrayBuffer>;
}

/**
 * One thread and the instances that are collected in it.
 *
 *   no thread --open--> idle --send--> in flight --reply--> idle
 *       ^                                  |
 *       +---- replace (hung, crashed) -----+   what falls due meanwhile waits in the queue
 *
 * One tick is in flight at a time. An instance is in the queue at most once: if its next slot comes, one is counted as missed.
 */
export class Shard {
  readonly stats = new ShardStats();
  readonly #options: ShardOptions;
  readonly #assignments: ShardAssignments;
  readonly #queue = new DueQueue();
  readonly #backoff: Backoff;
  /** Instances whose rows are still outstanding from ticks that the thread has answered. */
  readonly #owed = new Set<number>();
  readonly #refreshes = new Refreshes();
  readonly #snapshots = new ReceivedSnapshots();
  #open: OpenThread | null = null;
  #generation = 0;
  #inFlight: TickInFlight | null = null;
  #watch: ThreadWatch | null = null;
  #cancelReopen: CancelTimer | null = null;
  #cancelIdle: CancelTimer = () => {};
  #stopped = false;

  constructor(options: ShardOptions) {
    this.#options = options;
    this.#assignments = new ShardAssignments(options.hostCollectors);
    this.#backoff = new Backoff(REPLACE, options.random);
  }

  get instances(): ReadonlyMap<number, InstanceRef> {
    return this.#assignments.instances;
  }

  /** Whether the thread has the current version of this instance. */
  isCurrent(id: number): boolean {
    return this.#assignments.isCurrent(id);
  }

  /** Starts the thread; one with an idle time starts by itself when there is work. */
  open(): void {
    if (this.#stopped || this.#open !== null) return;
    const { collectTimeoutMs, heapLimits, host, nextGeneration, targets } = this.#options;
    const generation = nextGeneration();
    const progress = new Progress();
    const rows = new SharedArrayBuffer(ROWS_PER_TICK * BATCH_ROW_BYTES);
    this.#generation = generation;
    this.#assignments.forgetTold();
    const thread = new ShardThread({
      setup: { generation, progress: progress.buffer, rows, host, targets, collectTimeoutMs },
      heapLimits,
      late: (replies) => this.#onLateReplies(replies),
      died: (error) => generation === this.#generation && this.#replace("crashed", error),
    });
    this.#open = { thread, progress, rows: viewBatch(rows, ROWS_PER_TICK) };
    this.stats.running = true;
    this.flush();
    this.#armIdle();
  }

  /** Adds an instance, or replaces it after a change. */
  put(instance: InstanceRef): void {
    this.#assignments.put(instance);
  }

  /** Removes an instance. Returns the slot that it was queued for (NaN: at once), or undefined when it was not queued. */
  remove(id: number): number | undefined {
    this.#assignments.remove(id);
    this.#owed.delete(id);
    this.#snapshots.remove(id);
    this.#refreshes.settle(id, null);
    return this.#queue.remove(id);
  }

  /** Queues a collection; `timestampMs` NaN stands for the time at which it is sent. Call flush() when all are queued. */
  due(id: number, timestampMs: number): void {
    if (!this.#queue.add(id, timestampMs)) this.stats.missed.overrun++;
  }

  /** Collects the instance now, for its snapshot only. Resolves to null when there will be none; concurrent callers share one collection. */
  async refresh(id: number): Promise<SeriesSnapshot | null> {
    if (this.#stopped || !this.#assignments.instances.has(id)) return null;
    const snapshot = this.#refreshes.ask(id);
    this.flush();
    return snapshot;
  }

  /** Sends the next tick if the thread is idle and there is work. */
  flush(): void {
    if (this.#stopped || this.#inFlight !== null || this.#cancelReopen !== null) return;
    if (this.#queue.size === 0 && !this.#refreshes.hasWaiting) return;
    if (this.#open === null) this.open();
    else this.#send(this.#open);
  }

  /** Lets the tick in flight finish, then terminates the thread. Idempotent. Resolves within 2 s: false when the thread did not terminate. */
  async stop(): Promise<boolean> {
    if (!this.#stopped) this.stats.missed.overrun += this.#queue.size;
    this.#stopped = true;
    this.#cancelReopen?.();
    this.#cancelIdle();
    await this.#settled(STOP_WAIT_MS);
    const lost = this.#recover();
    this.#countReplaced([...lost.owed, ...lost.waiting]);
    if (lost.culprit !== null && lost.culprit.timestampMs !== null) this.stats.missed.replaced++;
    return this.#endThread(lost.culprit?.id ?? null);
  }

  #send({ thread, progress }: OpenThread): void {
    this.#cancelIdle();
    const due = this.#queue.take(this.#options.slotNowMs());
    const refresh = this.#refreshes.take();
    const asked = refresh.length === 0 ? due.ids : [...due.ids, ...refresh];
    this.#inFlight = { ids: due.ids.slice(), timestamps: due.timestamps.slice(), refresh };
    progress.reset();
    const generation = this.#generation;
    const deadlineMs = this.#assignments.hangDeadlineMs;
    this.#watch = new ThreadWatch({
      clock: this.#options.clock,
      progress,
      limits: {
        ...this.#options.limits,
        collectingMs: this.#options.limits.collectingMs ?? deadlineMs,
        betweenMs: deadlineMs,
      },
      usage: () => readThreadUsage(progress.kernelThreadId),
      heapUsed: () => thread.heapUsed(),
      onLost: (reason) => this.#replace(reason, null),
    });
    thread.run({ ...this.#assignments.takeChanges(asked), ...due, refresh }).then(
      (reply) => generation === this.#generation && this.#onReply(reply),
      (error: unknown) => generation === this.#generation && this.#replace("crashed", error),
    );
  }

  #onReply(reply: TickReply): void {
    const { refresh } = this.#inFlight!;
    this.#watch?.stop();
    this.#inFlight = null;
    this.#backoff.reset();
    this.stats.observeTick(reply.durationMs);
    this.stats.missed.busy += reply.busy;
    for (const id of reply.later) this.#owed.add(id);
    this.#deliver(viewBatch(reply.buffer, reply.rows), this.#receive(reply.snapshots));
    for (const refreshed of this.#receive(reply.refreshed)) this.#options.onRefreshed(refreshed);
    if (reply.failures.length > 0) this.#options.onSectionFailures(reply.failures);
    for (const id of refresh) if (!reply.refreshing.includes(id)) this.#refreshes.settle(id, null);
    this.flush();
    this.#armIdle();
  }

  #onLateReplies(replies: readonly LateReply[]): void {
    const batches: Batch[] = [];
    const snapshots: InstanceSnapshot[] = [];
    const current = replies.filter(({ generation }) => generation === this.#generation);
    for (const { buffer, instanceId, snapshot } of current) {
      const received = this.#receive(snapshot === null ? [] : [snapshot]);
      if (buffer === null) {
        for (const refreshed of received) this.#options.onRefreshed(refreshed);
        this.#refreshes.settle(instanceId, null);
      } else {
        this.#owed.delete(instanceId);
        batches.push(viewBatch(buffer, 1));
        snapshots.push(...received);
      }
    }
    this.#deliver(concatBatches(batches), snapshots);
    const failures = current.flatMap((reply) => reply.failures);
    if (failures.length > 0) this.#options.onSectionFailures(failures);
    this.#armIdle();
  }

  /** The snapshot of a due collection also serves callers that wait for a refresh. */
  #receive(messages: readonly SnapshotMessage[]): InstanceSnapshot[] {
    const received: InstanceSnapshot[] = [];
    for (const message of messages) {
      const snapshot = this.#snapshots.receive(message);
      if (snapshot === null) continue;
      received.push({ instanceId: message.instanceId, snapshot });
      this.#refreshes.settle(message.instanceId, snapshot);
    }
    return received;
  }

  #deliver(batch: Batch, snapshots: readonly InstanceSnapshot[] = []): void {
    if (batch.rows > 0) this.#options.onCollected({ batch, snapshots });
  }

  /**
   * Abandons the thread and starts another: at once when the culprit is known, since the next thread will not collect it;
   * else after a back-off. Finished rows are delivered, and collections not yet begun go to the head of the queue.
   */
  #replace(reason: "hung" | "crashed", error: unknown): void {
    this.stats.replaced[reason]++;
    const { culprit, section, owed, waiting } = this.#recover();
    this.#countReplaced(owed);
    for (const { id, timestampMs } of waiting) {
      if (this.#assignments.instances.has(id) && !this.#queue.putBack(id, timestampMs)) this.stats.missed.overrun++;
    }
    const reopenMs = culprit === null ? this.#backoff.next() : 0;
    const isCurrent = culprit !== null && this.#assignments.isCurrent(culprit.id);
    const hostCollector = this.#assignments.hostCollectorAt(section);
    void this.#endThread(culprit?.id ?? null);
    this.#cancelReopen = this.#options.clock.after(reopenMs, () => this.#reopen());
    this.#options.onLost({ reason, culprit, hostCollector, isCurrent, error, reopenMs });
  }

  #reopen(): void {
    this.#cancelReopen = null;
    // A thread with an idle time starts again when there is work.
    if (this.#options.idleMs === null) this.open();
    else this.flush();
  }

  /** Recovers the tick in flight: its finished rows are delivered, and pending refreshes are settled. */
  #recover(): LostTick {
    this.#watch?.stop();
    const tick = this.#inFlight;
    this.#inFlight = null;
    this.#refreshes.settleAll();
    if (tick === null || this.#open === null) return NOTHING_LOST;
    const lost = recoverTick(tick, this.#open.progress, this.#open.rows);
    this.#deliver(lost.rows);
    return lost;
  }

  /** Counts the rows that were lost with the thread, of this tick and of earlier ones. */
  #countReplaced(owed: LostTick["owed"]): void {
    const known = owed.filter(({ id }) => this.#assignments.instances.has(id));
    this.stats.missed.replaced += known.length + this.#owed.size;
    this.#owed.clear();
  }

  #armIdle(): void {
    const { clock, idleMs } = this.#options;
    const isIdle = this.#inFlight === null && this.#queue.size === 0 && this.#owed.size === 0 && this.#open !== null;
    if (idleMs === null || !isIdle || this.#stopped) return;
    this.#cancelIdle();
    this.#cancelIdle = clock.after(idleMs, () => void this.#endThread(null));
  }

  async #endThread(culprit: number | null): Promise<boolean> {
    const thread = this.#open?.thread;
    this.#open = null;
    this.#snapshots.clear();
    this.#generation = this.#options.nextGeneration();
    this.stats.running = false;
    if (thread === undefined) return true;
    return endThread(thread, { clock: this.#options.clock, onStuck: () => this.#options.onStuck(culprit) });
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

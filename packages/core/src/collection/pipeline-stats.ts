import type { Batch } from "../model/batch.ts";
import { FAILURE_REASONS } from "../model/failure.ts";
import type { FailureReason } from "../model/failure.ts";
import type { ShardStats } from "./main/shard-stats.ts";
import { SLOT_MS } from "./schedule/slots.ts";
import type { SlotClock } from "./schedule/slots.ts";

export interface PipelineThreads {
  readonly stats: readonly ShardStats[];
  readonly trialStats: readonly ShardStats[];
  readonly stuck: number;
}

/** What the pipeline has done; plain numbers, read by the exposition. */
export class PipelineStats {
  /** Of the threads in which instances live. */
  readonly shards: readonly ShardStats[];
  /** Of the threads in which instances are on trial. */
  readonly trials: readonly ShardStats[];
  readonly #threads: PipelineThreads;
  readonly #slots: SlotClock;
  /** Rows handed on, failures included. */
  collected = 0;
  /** Collections that fell due by the schedule. */
  due = 0;
  /** Due collections passed over since this process stood still. */
  missedSuspended = 0;
  /** Rows that arrived over a slot, and over their whole interval, after their time. */
  lateSlot = 0;
  lateInterval = 0;
  readonly failed: Record<FailureReason, number> = Object.fromEntries(
    FAILURE_REASONS.map((reason) => [reason, 0]),
  ) as Record<FailureReason, number>;
  /** Failures of this host's collectors, by collector. */
  readonly collectorErrors = new Map<string, number>();

  constructor(threads: PipelineThreads, slots: SlotClock) {
    this.shards = threads.stats;
    this.trials = threads.trialStats;
    this.#threads = threads;
    this.#slots = slots;
  }

  /** Threads now that were given up and do not end. */
  get threadsStuck(): number {
    return this.#threads.stuck;
  }

  /** How often the wall clock was found elsewhere than the monotonic clock said. */
  get clockSteps(): number {
    return this.#slots.steps;
  }

  countCollectorError(collector: string): void {
    this.collectorErrors.set(collector, (this.collectorErrors.get(collector) ?? 0) + 1);
  }

  observe(batch: Batch, intervalOf: (id: number) => number): void {
    this.collected += batch.rows;
    for (let row = 0; row < batch.rows; row++) {
      const reason = batch.reasons[row]!;
      if (reason !== 0) this.failed[FAILURE_REASONS[reason]!]++;
      const lateMs = this.#slots.lateMs(batch.timestamps[row]!);
      if (lateMs <= SLOT_MS) continue;
      this.lateSlot++;
      if (lateMs > intervalOf(batch.ids[row]!) * 1000) this.lateInterval++;
    }
  }
}

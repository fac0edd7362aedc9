import type { Batch } from "../model/batch.ts";
import { FAILURE_REASONS } from "../model/failure.ts";
import type { FailureReason } from "../model/failure.ts";
import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";
import { CollectorSuccesses } from "./collector-successes.ts";
import type { ShardStats } from "./main/shard-stats.ts";
import { SLOT_MS } from "./schedule/slots.ts";
import type { SlotClock } from "./schedule/slots.ts";

type Failure = Exclude<FailureReason, "none">;

export interface PipelineThreads {
  readonly stats: readonly ShardStats[];
  readonly trialStats: readonly ShardStats[];
  readonly stuck: number;
}

/** Counters of the collection. */
export class PipelineStats {
  /** Of the shards of the instances. */
  readonly shards: readonly ShardStats[];
  /** Of the threads in which instances are on trial. */
  readonly trials: readonly ShardStats[];
  readonly #threads: PipelineThreads;
  readonly #slots: SlotClock;
  readonly #successes = new CollectorSuccesses();
  /** Rows passed on, including failures. */
  collected = 0;
  /** Slots processed by the schedule. */
  slots = 0;
  /** Collections that fell due by the schedule. */
  due = 0;
  /** Due collections skipped because this process was suspended. */
  missedSuspended = 0;
  /** Rows that arrived late by more than a slot, and by more than their interval. */
  readonly late = { slot: 0, interval: 0 };
  /** Failed collections, by reason. */
  readonly failed: Record<Failure, number> = Object.fromEntries(
    FAILURE_REASONS.filter((reason) => reason !== "none").map((reason) => [reason, 0]),
  ) as Record<Failure, number>;
  /** Failures of this host's collectors, by collector. */
  readonly collectorErrors = new Map<string, number>();

  constructor(threads: PipelineThreads, slots: SlotClock) {
    this.shards = threads.stats;
    this.trials = threads.trialStats;
    this.#threads = threads;
    this.#slots = slots;
  }

  /** Abandoned threads that have not terminated yet. */
  get threadsStuck(): number {
    return this.#threads.stuck;
  }

  get threadsRunning(): number {
    return this.shards.filter((shard) => shard.running).length;
  }

  /** Threads replaced, by reason. */
  get replaced(): ShardStats["replaced"] {
    return {
      hung: this.#sum((shard) => shard.replaced.hung),
      crashed: this.#sum((shard) => shard.replaced.crashed),
    };
  }

  /** Due collections without a row, by reason. */
  get missed(): ShardStats["missed"] & { readonly suspended: number } {
    return {
      busy: this.#sum((shard) => shard.missed.busy),
      overrun: this.#sum((shard) => shard.missed.overrun),
      replaced: this.#sum((shard) => shard.missed.replaced),
      suspended: this.missedSuspended,
    };
  }

  /** Ticks completed by threads. */
  get ticks(): number {
    return this.#sum((shard) => shard.ticks);
  }

  get tickSeconds(): number {
    return this.#sum((shard) => shard.tickMsSum) / 1000;
  }

  get tickSecondsMax(): number {
    return Math.max(...this.#all.map((shard) => shard.tickMsMax)) / 1000;
  }

  /** Number of steps of the wall clock against the monotonic clock. */
  get clockSteps(): number {
    return this.#slots.steps;
  }

  /** Takes the series of a collection. */
  observeSeries(snapshot: SeriesSnapshot): void {
    this.#successes.observe(snapshot);
  }

  /** When each collector of this host last succeeded, seconds since 1970. */
  get collectorSuccesses(): Readonly<Record<string, number>> {
    return this.#successes.seconds;
  }

  countCollectorError(collector: string): void {
    this.collectorErrors.set(collector, (this.collectorErrors.get(collector) ?? 0) + 1);
  }

  observe(batch: Batch, intervalOf: (id: number) => number): void {
    this.collected += batch.rows;
    for (let row = 0; row < batch.rows; row++) {
      const reason = FAILURE_REASONS[batch.reasons[row]!]!;
      if (reason !== "none") this.failed[reason]++;
      const lateMs = this.#slots.lateMs(batch.timestamps[row]!);
      if (lateMs <= SLOT_MS) continue;
      this.late.slot++;
      if (lateMs > intervalOf(batch.ids[row]!) * 1000) this.late.interval++;
    }
  }

  get #all(): readonly ShardStats[] {
    return [...this.shards, ...this.trials];
  }

  #sum(of: (shard: ShardStats) => number): number {
    return this.#all.reduce((total, shard) => total + of(shard), 0);
  }
}

export const COLLECTION_METRICS: readonly OwnMetric<PipelineStats>[] = [
  counter({
    name: "cloud_monitor_rows_collected_total",
    help: "Rows collected, those of failed attempts included.",
    read: ({ collected }) => collected,
  }),
  counter({
    name: "cloud_monitor_rows_late_total",
    help: "Rows collected later after their slot than the limit.",
    labels: ["limit"],
    read: ({ late }) => late,
  }),
  counter({
    name: "cloud_monitor_ticks_total",
    help: "Slots processed by the schedule.",
    read: ({ slots }) => slots,
  }),
  counter({
    name: "cloud_monitor_clock_steps_total",
    help: "Steps of the wall clock of more than 100 ms, forward or backward.",
    read: ({ clockSteps }) => clockSteps,
  }),
  counter({
    name: "cloud_monitor_collections_missed_total",
    help: "Due collections that were not attempted, by reason.",
    labels: ["reason"],
    read: ({ missed }) => missed,
  }),
  counter({
    name: "cloud_monitor_collections_failed_total",
    help: "Attempts to collect that failed, by reason.",
    labels: ["reason"],
    read: ({ failed }) => failed,
  }),
  counter({
    name: "cloud_monitor_collector_errors_total",
    help: "Failed readings of a collector of this host.",
    labels: ["collector"],
    read: ({ collectorErrors }) => Object.fromEntries(collectorErrors),
  }),
  gauge({
    name: "cloud_monitor_collector_last_success_timestamp_seconds",
    help: "When a collector of this host last succeeded, seconds since 1970.",
    labels: ["collector"],
    read: ({ collectorSuccesses }) => collectorSuccesses,
  }),
  gauge({
    name: "cloud_monitor_threads_configured",
    help: "Collector threads configured.",
    read: ({ shards }) => shards.length,
  }),
  gauge({
    name: "cloud_monitor_threads_running",
    help: "Collector threads that respond.",
    read: ({ threadsRunning }) => threadsRunning,
  }),
  gauge({
    name: "cloud_monitor_threads_stuck",
    help: "Abandoned collector threads that do not terminate because they are stuck in the kernel; each keeps about 10 MB.",
    read: ({ threadsStuck }) => threadsStuck,
  }),
  counter({
    name: "cloud_monitor_thread_replacements_total",
    help: "Collector threads replaced, by reason.",
    labels: ["reason"],
    read: ({ replaced }) => replaced,
  }),
  counter({
    name: "cloud_monitor_shard_ticks_total",
    help: "Ticks completed by collector threads.",
    read: ({ ticks }) => ticks,
  }),
  counter({
    name: "cloud_monitor_shard_tick_seconds_total",
    help: "Duration of completed ticks, in total.",
    read: ({ tickSeconds }) => tickSeconds,
  }),
  gauge({
    name: "cloud_monitor_shard_tick_max_seconds",
    help: "Longest tick since the daemon started.",
    read: ({ tickSecondsMax }) => tickSecondsMax,
  }),
];

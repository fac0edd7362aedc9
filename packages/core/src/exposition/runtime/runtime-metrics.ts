import type { Clock } from "../../model/clock.ts";
import { counter, gauge } from "../../model/own-metric.ts";
import type { OwnMetric } from "../../model/own-metric.ts";
import { EventLoopDelay } from "./event-loop-delay.ts";
import type { DelaySeconds } from "./event-loop-delay.ts";
import { GarbageCollections } from "./garbage-collections.ts";
import { readProcessStats } from "./process-stats.ts";
import type { ProcessStats } from "./process-stats.ts";

export interface RuntimeStats {
  readonly process: ProcessStats;
  readonly delay: DelaySeconds;
  readonly gc: Pick<GarbageCollections, "runs" | "seconds">;
}

/** Reading them takes a tenth of a response's time. */
const STATS_MAX_AGE_MS = 1_000;

/** Observes Node and the process. */
export class Runtime {
  readonly #clock: Clock;
  readonly #delay: EventLoopDelay;
  readonly #gc = new GarbageCollections();
  #last: { readonly stats: ProcessStats; readonly readMs: number } | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#delay = new EventLoopDelay(clock);
  }

  /** What the kernel says of the process is at most a second old. */
  read(): RuntimeStats {
    return { process: this.#processStats(), delay: this.#delay.read(), gc: this.#gc };
  }

  #processStats(): ProcessStats {
    const nowMs = this.#clock.monotonicMs();
    if (this.#last === null || nowMs - this.#last.readMs >= STATS_MAX_AGE_MS) {
      this.#last = { stats: readProcessStats(), readMs: nowMs };
    }
    return this.#last.stats;
  }

  /** Stops the observation; idempotent. */
  stop(): void {
    this.#delay.stop();
    this.#gc.stop();
  }
}

export const RUNTIME_METRICS: readonly OwnMetric<RuntimeStats>[] = [
  gauge({
    name: "cloud_monitor_eventloop_delay_seconds",
    help: "Delay of timers on the main thread: the worse of the current and the last full minute.",
    labels: ["statistic"],
    read: ({ delay }) => ({ ...delay }),
  }),
  gauge({
    name: "cloud_monitor_heap_used_bytes",
    help: "JavaScript heap of the main thread in use.",
    read: ({ process }) => process.heapUsedBytes,
  }),
  gauge({
    name: "cloud_monitor_heap_committed_bytes",
    help: "JavaScript heap of the main thread obtained from the system.",
    read: ({ process }) => process.heapCommittedBytes,
  }),
  counter({
    name: "cloud_monitor_gc_runs_total",
    help: "Garbage collections of the main thread.",
    labels: ["kind"],
    read: ({ gc }) => gc.runs,
  }),
  counter({
    name: "cloud_monitor_gc_seconds_total",
    help: "Time that garbage collections paused the main thread.",
    labels: ["kind"],
    read: ({ gc }) => gc.seconds,
  }),
  counter({
    name: "process_cpu_seconds_total",
    help: "CPU time of the daemon, all threads, user and system.",
    read: ({ process }) => process.cpuSeconds,
  }),
  gauge({
    name: "process_resident_memory_bytes",
    help: "Resident memory of the daemon.",
    read: ({ process }) => process.residentBytes,
  }),
  gauge({
    name: "process_virtual_memory_bytes",
    help: "Address space of the daemon.",
    read: ({ process }) => process.virtualBytes,
  }),
  gauge({
    name: "process_virtual_memory_max_bytes",
    help: "Maximum address space of the daemon; 2^64 without a limit.",
    read: ({ process }) => process.maxVirtualBytes,
  }),
  gauge({
    name: "process_open_fds",
    help: "Open file descriptors of the daemon.",
    read: ({ process }) => process.openFds,
  }),
  gauge({
    name: "process_max_fds",
    help: "Maximum number of open file descriptors of the daemon.",
    read: ({ process }) => process.maxFds,
  }),
];

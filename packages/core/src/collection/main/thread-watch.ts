import type { CancelTimer, Clock } from "../../model/clock.ts";
import { HeapGrowth } from "./heap-growth.ts";
import type { Progress } from "../progress.ts";
import type { ThreadUsage } from "../../platform/thread-usage.ts";

export interface ThreadWatchOptions {
  readonly clock: Clock;
  readonly progress: Progress;
  readonly limits: WatchLimits;
  /** Null when the kernel does not provide it. */
  readonly usage: () => ThreadUsage | null;
  /** Bytes of JavaScript heap in use in the thread; null, or never settled, when it does not respond, as when it is stuck in the kernel. */
  readonly heapUsed: () => Promise<number | null>;
  /** Called once, unless the watch is stopped before. */
  readonly onLost: (reason: "hung" | "crashed") => void;
}

/** Maximum time without progress of a thread. */
export interface WatchLimits {
  /** Within one collection. */
  readonly collectingMs: number;
  /** Between two collections, and in its own work. */
  readonly betweenMs: number;
  /**
   * Maximum CPU time of one collection; then `collectingMs` does not include the time in which other threads used the
   * CPUs, either. Null: it does, since the rest of the shard waits; but a thread that hardly got any CPU is not hung.
   */
  readonly processorMs: number | null;
  /** Additional time for a collection that is filling its heap: its memory limit may terminate it, which gives the reason. */
  readonly fillingMs: number;
}

/** Loading its modules is not a hang, however busy the machine is; but a thread that never starts must be abandoned. */
const START_MAX_MS = 30_000;
/** A thread that runs but does not report its heap is collecting garbage, or gets no CPU. */
const HEAP_ANSWER_MAX_MS = 1_000;
/** By then a normal collection is over, even on the slowest machine. */
const ACTIVE_MIN_MS = 60;
const LOOKS = 10;

/**
 * Watches a tick in flight. Time without progress is counted in checks, each a timer's delay apart: while this process was
 * itself suspended, or its timers were late, only one check passes, and a reply that arrived meanwhile is served before the next.
 */
export class ThreadWatch {
  readonly #options: ThreadWatchOptions;
  readonly #lookMs: number;
  #cancelTimer: CancelTimer = () => {};
  #startingMs = 0;
  #collection = new Collection();

  constructor(options: ThreadWatchOptions) {
    this.#options = options;
    this.#lookMs = options.limits.collectingMs / LOOKS;
    this.#arm();
  }

  /** Idempotent. */
  stop(): void {
    this.#cancelTimer();
  }

  #arm(): void {
    this.#cancelTimer = this.#options.clock.after(this.#lookMs, () => this.#look());
  }

  #look(): void {
    const verdict = this.#options.progress.isReady ? this.#judge() : this.#judgeStart();
    if (verdict === null) return this.#arm();
    this.#options.onLost(verdict);
  }

  #judgeStart(): "hung" | null {
    this.#startingMs += this.#lookMs;
    return this.#startingMs >= START_MAX_MS ? "hung" : null;
  }

  #judge(): "hung" | "crashed" | null {
    const { clock, heapUsed, limits, progress, usage } = this.#options;
    const { index, isCollecting } = progress;
    if (!this.#collection.is(index, isCollecting)) this.#collection = new Collection(index, isCollecting);
    const collection = this.#collection;
    collection.look({ lookMs: this.#lookMs, nowMs: clock.monotonicMs(), usage: usage() });
    const isFair = limits.processorMs !== null;
    const verdict = this.#isOver(collection, isCollecting) ? collection.verdict(limits.fillingMs, isFair) : null;
    // Sent after the check: a request that is pending then has been so for a whole period.
    if (verdict === null && isCollecting) void collection.askHeap(heapUsed);
    return verdict;
  }

  #isOver({ activeMs, quietMs, ranMs }: Collection, isCollecting: boolean): boolean {
    const { betweenMs, collectingMs, processorMs } = this.#options.limits;
    if (!isCollecting) return quietMs >= betweenMs && activeMs >= ACTIVE_MIN_MS;
    if (processorMs !== null) return activeMs >= collectingMs || ranMs >= processorMs;
    return quietMs >= collectingMs && activeMs >= ACTIVE_MIN_MS;
  }
}

interface Look {
  readonly lookMs: number;
  readonly nowMs: number;
  readonly usage: ThreadUsage | null;
}

/** One collection that does not finish, from the first check that found it. */
class Collection {
  readonly #index: number;
  readonly #isCollecting: boolean;
  readonly #heap = new HeapGrowth();
  #last: Look | null = null;
  #isBlocked = true;
  #isAsking = false;
  #overSinceMs: number | null = null;
  /** Time without progress. */
  quietMs = 0;
  /** Of that, the time in which the thread was not waiting for a CPU; and of that, the time in which it had one. */
  activeMs = 0;
  ranMs = 0;

  constructor(index = NaN, isCollecting = false) {
    this.#index = index;
    this.#isCollecting = isCollecting;
  }

  is(index: number, isCollecting: boolean): boolean {
    return index === this.#index && isCollecting === this.#isCollecting;
  }

  look(look: Look): void {
    const before = this.#last;
    this.#last = look;
    if (before === null) return;
    this.quietMs += look.lookMs;
    if (before.usage === null || look.usage === null) {
      this.activeMs += look.lookMs;
      this.ranMs += look.lookMs;
      return;
    }
    const ranMs = look.usage.ranMs - before.usage.ranMs;
    const waitedMs = look.usage.waitedMs - before.usage.waitedMs;
    this.#isBlocked = ranMs + waitedMs < look.lookMs / 2;
    this.ranMs += ranMs;
    const activeMs = look.nowMs - before.nowMs - waitedMs;
    this.activeMs += Math.min(look.lookMs, Math.max(0, activeMs));
  }

  async askHeap(heapUsed: ThreadWatchOptions["heapUsed"]): Promise<void> {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const usedBytes = await heapUsed();
    this.#isAsking = false;
    if (usedBytes !== null) this.#heap.observe(usedBytes, this.ranMs);
  }

  /** Past its limit: hung, unless it is filling its heap; null as long as that is unknown, or its termination is near. */
  verdict(fillingMs: number, isFair: boolean): "hung" | "crashed" | null {
    const spentMs = isFair ? this.activeMs : this.quietMs;
    this.#overSinceMs ??= spentMs;
    const overMs = spentMs - this.#overSinceMs;
    if (this.#heap.isGrowing(this.ranMs)) return overMs < fillingMs ? null : "crashed";
    const mayAnswer = this.#isAsking && !this.#isBlocked;
    return mayAnswer && overMs < Math.min(HEAP_ANSWER_MAX_MS, fillingMs) ? null : "hung";
  }
}

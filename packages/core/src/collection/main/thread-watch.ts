import type { CancelTimer, Clock } from "../../model/clock.ts";
import { HeapGrowth } from "./heap-growth.ts";
import type { Progress } from "../progress.ts";
import type { ThreadUsage } from "./thread-usage.ts";

export interface ThreadWatchOptions {
  readonly clock: Clock;
  readonly progress: Progress;
  readonly limits: WatchLimits;
  /** Null when the kernel does not tell. */
  readonly usage: () => ThreadUsage | null;
  /** Bytes of JavaScript heap in use in the thread; null, or never, when it does not answer: it cannot when stuck in the kernel. */
  readonly heapUsed: () => Promise<number | null>;
  /** Told once, unless the watch was stopped before. */
  readonly onLost: (reason: "hung" | "crashed") => void;
}

/** How long a thread may make no progress. */
export interface WatchLimits {
  /** Within one collection. */
  readonly collectingMs: number;
  /** Between two, and in its own work. */
  readonly betweenMs: number;
  /**
   * Processor time that one collection may use; then `collectingMs` does not count the time in which others had the
   * processors, either. Null: it does, since neighbours wait; but a thread that hardly got a processor is no hang.
   */
  readonly processorMs: number | null;
  /** How much longer one may take that is filling its heap: perhaps its memory limit ends it, and says why. */
  readonly fillingMs: number;
}

/** Loading its modules is no hang, however busy the machine is; but a thread that never starts must be given up. */
const START_MAX_MS = 30_000;
/** A thread that runs and yet does not tell its heap is collecting garbage, or gets no processor. */
const HEAP_ANSWER_MAX_MS = 1_000;
/** By then an innocent collection is over, on the slowest machine. */
const ACTIVE_MIN_MS = 60;
const LOOKS = 10;

/**
 * Watches a tick in flight. Time without progress is counted in looks, each a timer's delay apart: while this process was
 * itself frozen, or its timers were late, one look passed, and a reply that arrived meanwhile is served before the next.
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

  /** Safe twice. */
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
    // Asked after the verdict: a question that is open then has been so for a whole look.
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

/** One collection that does not end, from the first look that met it. */
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
  /** Of it, when the thread was not waiting for a processor; and of that, when it had one. */
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

  /** Past its limit: hung, unless it is filling its heap; null as long as that is not known, or its end is near. */
  verdict(fillingMs: number, isFair: boolean): "hung" | "crashed" | null {
    const spentMs = isFair ? this.activeMs : this.quietMs;
    this.#overSinceMs ??= spentMs;
    const overMs = spentMs - this.#overSinceMs;
    if (this.#heap.isGrowing(this.ranMs)) return overMs < fillingMs ? null : "crashed";
    const mayAnswer = this.#isAsking && !this.#isBlocked;
    return mayAnswer && overMs < Math.min(HEAP_ANSWER_MAX_MS, fillingMs) ? null : "hung";
  }
}

import { Piscina } from "piscina";
import type { LateReply, ShardSetup, Tick, TickReply } from "../protocol.ts";

export interface ShardThreadOptions {
  readonly setup: ShardSetup;
  readonly heapLimits: HeapLimits;
  readonly late: (replies: readonly LateReply[]) => void;
  /** The thread terminated by itself, with no tick in flight. */
  readonly died: (error: Error) => void;
}

/** JavaScript heap of a thread; beyond it the thread terminates with ERR_WORKER_OUT_OF_MEMORY and the process continues. */
export interface HeapLimits {
  readonly maxOldGenerationSizeMb: number;
  /** Without it V8 may take 200 MB for young objects. */
  readonly maxYoungGenerationSizeMb?: number;
}

/** From `src` in development and tests; next to the bundle in production. */
const ENTRY = new URL(
  import.meta.url.endsWith(".ts") ? "../worker/shard-entry.ts" : "./shard-entry.js",
  import.meta.url,
);

/**
 * One thread: a Piscina pool of exactly one, used until it fails and then discarded. `atomics: "disabled"` because an idle
 * thread must serve its own timers and sockets; a pool is never reused after `destroy`, which would start it again.
 */
export class ShardThread {
  readonly #pool: Piscina<Tick, TickReply>;

  constructor(options: ShardThreadOptions) {
    this.#pool = new Piscina({
      filename: ENTRY.href,
      name: "tick",
      minThreads: 1,
      maxThreads: 1,
      maxQueue: 1,
      concurrentTasksPerWorker: 1,
      atomics: "disabled",
      recordTiming: false,
      workerData: options.setup,
      resourceLimits: { ...options.heapLimits },
    });
    this.#pool.on("message", (message) => options.late(message as readonly LateReply[]));
    this.#pool.on("error", (error) => options.died(error));
  }

  /** Rejects when the thread terminates before it replies. */
  run(tick: Tick): Promise<TickReply> {
    return this.#pool.run(tick, { transferList: [tick.ids.buffer, tick.timestamps.buffer] });
  }

  /** Bytes of JavaScript heap in use; null when the thread does not report them. */
  async heapUsed(): Promise<number | null> {
    try {
      const statistics = await this.#pool.threads[0]?.getHeapStatistics();
      return statistics?.used_heap_size ?? null;
    } catch {
      // It has just terminated, which its pool reports.
      return null;
    }
  }

  /** Terminates the thread, whatever it does; never settles when it is stuck in the kernel, so race it against a deadline. */
  destroy(): Promise<void> {
    this.#pool.removeAllListeners();
    this.#pool.on("error", () => {
      // The pool still emits events of the thread that is being terminated; they are no longer needed.
    });
    return this.#pool.destroy();
  }
}

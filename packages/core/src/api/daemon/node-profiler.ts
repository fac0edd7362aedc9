import { getHeapSnapshot } from "node:v8";
import type { Clock } from "../../model/clock.ts";
import { sleep } from "../../model/clock.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ProfileKind, Profiler } from "../http/context.ts";

/** The stream of a snapshot must be collected first: immediately, 40 MB of the 130 MB for a heap of 15 MB are kept; later, none. */
const RELEASE_AFTER_MS = 500;

/** Profiles of the main thread by Node's own inspector session, without opening the inspector's port. */
export class NodeProfiler implements Profiler {
  readonly #clock: Clock;
  readonly #releaseMemory: () => Promise<void>;
  #running = false;

  /** `releaseMemory` returns the memory of a heap snapshot to the kernel. */
  constructor(clock: Clock, releaseMemory: () => Promise<void>) {
    this.#clock = clock;
    this.#releaseMemory = releaseMemory;
  }

  async take(kind: ProfileKind, seconds: number): Promise<AsyncIterable<string>> {
    if (this.#running) {
      throw new CloudMonitorError("PROFILE_RUNNING", "Another profile is being recorded; wait until it has ended.");
    }
    return kind === "heap" ? this.#heap() : this.#processor(seconds);
  }

  /** Taking the snapshot pauses the daemon for about a second per 100 MB of heap; it starts with the first read. */
  async *#heap(): AsyncGenerator<string, void, undefined> {
    this.#running = true;
    try {
      for await (const piece of getHeapSnapshot()) yield String(piece);
    } finally {
      this.#running = false;
      void sleep(this.#clock, RELEASE_AFTER_MS).then(() => this.#releaseMemory());
    }
  }

  async #processor(seconds: number): Promise<AsyncIterable<string>> {
    this.#running = true;
    // Loaded by the first profile: few daemons ever record one.
    const { Session } = await import("node:inspector/promises");
    const session = new Session();
    try {
      session.connect();
      await session.post("Profiler.enable");
      await session.post("Profiler.start");
      await sleep(this.#clock, seconds * 1_000);
      const { profile } = await session.post("Profiler.stop");
      return only(JSON.stringify(profile));
    } finally {
      session.disconnect();
      this.#running = false;
    }
  }
}

async function* only(text: string): AsyncGenerator<string, void, undefined> {
  yield text;
}

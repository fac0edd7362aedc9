import type { HostCollector } from "./host-collector.ts";
import type { Clock } from "../../model/clock.ts";
import type { Collector, InstanceRef, CollectContext, SectionWriter } from "../../model/collector.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { ThreadUsage } from "../../platform/thread-usage.ts";

/** A response that takes longer is not in this reading: a scrape waits 100 ms for all of it. */
const PREPARE_MAX_MS = 80;

/** A collector that blocks its thread for longer in two readings in a row is left out: a scrape does not wait longer for any. */
const BLOCKED_MAX_MS = 100;

export interface HostCollectorSetOptions {
  readonly clock: Clock;
  /** Of the thread that collects; null when the kernel does not provide it. */
  readonly usage: () => ThreadUsage | null;
}

/** Which collectors run; it may change at run time. */
export interface HostCollectorState {
  /** Names, in the order in which they run. */
  readonly enabled: readonly string[];
  /** Names of those that did not return, or not in time: they fail at once, until they are known to respond again. */
  readonly hung: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly collector: HostCollector;
  readonly labels: string;
  readonly isHung: boolean;
}

/**
 * Runs the host's collectors sequentially, each timed and in its own section: a failure affects only its section. They are
 * synchronous; what may block in the kernel is read by a child process and served from its last result. Those whose source
 * responds asynchronously come last, after their response or `PREPARE_MAX_MS`. A slow one, such as a sensor on a slow bus, is
 * left out like one that hangs.
 */
export class HostCollectorSet implements Collector {
  readonly name = "host";
  readonly #create: (name: string) => HostCollector;
  readonly #clock: Clock;
  readonly #usage: () => ThreadUsage | null;
  /** Names of those that took long in their last reading. */
  readonly #slowBefore = new Set<string>();
  /** Those that were ever enabled; they keep what they have read and opened. */
  readonly #created = new Map<string, HostCollector>();
  #entries: readonly Entry[] = [];
  #success: number[] = [];
  #seconds: number[] = [];

  constructor(create: (name: string) => HostCollector, { clock, usage }: HostCollectorSetOptions) {
    this.#create = create;
    this.#clock = clock;
    this.#usage = usage;
  }

  /** From now on these collectors run. Call it before the first collection. */
  use({ enabled, hung }: HostCollectorState): void {
    this.#entries = enabled.map((name) => {
      const collector = this.#created.get(name) ?? this.#create(name);
      this.#created.set(name, collector);
      return { name, collector, labels: `collector="${name}"`, isHung: hung.includes(name) };
    });
    this.#success = [];
    this.#seconds = [];
  }

  collect(instance: InstanceRef, context: CollectContext, out: SectionWriter): void | Promise<void> {
    const startMs = this.#clock.monotonicMs();
    const entries = this.#entries;
    const pending = entries.flatMap(({ collector, isHung }) => (isHung ? [] : (collector.prepare?.() ?? [])));
    const failures: string[] = [];
    const run = (entry: Entry, index: number, sinceMs: number) => {
      out.beginSection(index);
      const { failure: own, blockedMs } = this.#timed(entry.name, () => {
        if (entry.isHung)
          throw new CollectFailure("hung", "did not return in time; it is tried again in a child process");
        entry.collector.collect(instance, context, out);
      });
      const isSlow = blockedMs >= BLOCKED_MAX_MS;
      const failure = isSlow ? `blocked for ${Math.round(blockedMs)} ms; it is tried again in a child process` : own;
      if (failure === null) out.endSection(entry.name);
      else out.failSection(entry.name, failure, isSlow);
      this.#success[index] = failure === null ? 1 : 0;
      this.#seconds[index] = (this.#clock.monotonicMs() - sinceMs) / 1000;
      if (failure !== null) failures.push(failure);
    };
    entries.forEach((entry, index) => {
      if (!isLate(entry)) run(entry, index, this.#clock.monotonicMs());
    });
    if (pending.length === 0) return this.#finish(failures, out);
    return this.#settled(pending).then(() => {
      // Collectors were switched meanwhile: what was read belongs to those before.
      if (entries !== this.#entries) throw new CollectFailure("failed", "the host's collectors have just changed");
      entries.forEach((entry, index) => {
        if (isLate(entry)) run(entry, index, startMs);
      });
      this.#finish(failures, out);
    });
  }

  /**
   * `blockedMs` is known for a collector that took long before, else 0: the time in which the thread neither ran nor waited
   * for a CPU, since an overloaded machine makes every collector take long.
   */
  #timed(name: string, work: () => void): { readonly failure: string | null; readonly blockedMs: number } {
    const wasSlow = this.#slowBefore.has(name);
    const before = wasSlow ? this.#usage() : null;
    const startMs = this.#clock.monotonicMs();
    const failure = attempt(work);
    const tookMs = this.#clock.monotonicMs() - startMs;
    if (tookMs < BLOCKED_MAX_MS) this.#slowBefore.delete(name);
    else this.#slowBefore.add(name);
    const after = wasSlow && tookMs >= BLOCKED_MAX_MS ? this.#usage() : null;
    const activeMs = before === null || after === null ? 0 : activeOf(after) - activeOf(before);
    return { failure, blockedMs: wasSlow ? tookMs - activeMs : 0 };
  }

  async #settled(pending: readonly Promise<void>[]): Promise<void> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const cancel = this.#clock.after(PREPARE_MAX_MS, resolve);
    await Promise.race([Promise.all(pending), late]);
    cancel();
  }

  #finish([firstFailure = "none is enabled"]: readonly string[], out: SectionWriter): void {
    this.#writeScrapeSeries(out);
    if (!this.#success.includes(1)) {
      throw new CollectFailure("failed", `no collector could read this host: ${firstFailure}`);
    }
  }

  /** Each collector's own two series are in the section of its name, so that `collect[]` can select them. */
  #writeScrapeSeries(out: SectionWriter): void {
    this.#entries.forEach(({ name, labels }, index) => {
      out.series("node_scrape_collector_duration_seconds", labels, this.#seconds[index]!);
      out.series("node_scrape_collector_success", labels, this.#success[index]!);
      out.endSection(name);
    });
  }
}

/** Whether its response is waited for. */
function isLate({ collector, isHung }: Entry): boolean {
  return collector.prepare !== undefined && !isHung;
}

function activeOf({ ranMs, waitedMs }: ThreadUsage): number {
  return ranMs + waitedMs;
}

/** Null, or the error message. */
function attempt(work: () => void): string | null {
  try {
    work();
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

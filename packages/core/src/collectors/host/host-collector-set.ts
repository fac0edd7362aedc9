import type { NamedHostCollector } from "./host-collector.ts";
import type { Clock } from "../../model/clock.ts";
import type { Collector, InstanceRef, CollectContext, SectionWriter } from "../../model/collector.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";

/** A response that takes longer is not in this reading: a scrape waits 100 ms for all of it. */
const PREPARE_MAX_MS = 80;

interface Entry {
  readonly collector: NamedHostCollector;
  readonly labels: string;
}

/**
 * Runs the host's collectors sequentially, each timed and in its own section: a failure affects only its section. They are
 * synchronous; what may block in the kernel is read by a child process and served from its last result. Those whose source
 * responds asynchronously come last, after their response or `PREPARE_MAX_MS`.
 */
export class HostCollectorSet implements Collector {
  readonly name = "host";
  readonly #entries: readonly Entry[];
  readonly #clock: Clock;
  readonly #success: number[] = [];
  readonly #seconds: number[] = [];

  constructor(collectors: readonly NamedHostCollector[], clock: Clock) {
    this.#entries = collectors.map((collector) => ({ collector, labels: `collector="${collector.name}"` }));
    this.#clock = clock;
  }

  collect(instance: InstanceRef, context: CollectContext, out: SectionWriter): void | Promise<void> {
    const startMs = this.#clock.monotonicMs();
    const pending = this.#entries.flatMap(({ collector }) => collector.prepare?.() ?? []);
    const failures: string[] = [];
    const run = (entry: Entry, index: number, sinceMs: number) => {
      const failure = this.#run(entry.collector, () => entry.collector.collect(instance, context, out), out);
      this.#success[index] = failure === null ? 1 : 0;
      this.#seconds[index] = (this.#clock.monotonicMs() - sinceMs) / 1000;
      if (failure !== null) failures.push(failure);
    };
    this.#entries.forEach((entry, index) => {
      if (entry.collector.prepare === undefined) run(entry, index, this.#clock.monotonicMs());
    });
    if (pending.length === 0) return this.#finish(failures, out);
    return this.#settled(pending).then(() => {
      this.#entries.forEach((entry, index) => {
        if (entry.collector.prepare !== undefined) run(entry, index, startMs);
      });
      this.#finish(failures, out);
    });
  }

  /** Null, or the error message. */
  #run({ name }: NamedHostCollector, work: () => void, out: SectionWriter): string | null {
    const failure = attempt(work);
    if (failure === null) out.endSection(name);
    else out.failSection(name, failure);
    return failure;
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
    this.#entries.forEach(({ collector, labels }, index) => {
      out.series("node_scrape_collector_duration_seconds", labels, this.#seconds[index]!);
      out.series("node_scrape_collector_success", labels, this.#success[index]!);
      out.endSection(collector.name);
    });
  }
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

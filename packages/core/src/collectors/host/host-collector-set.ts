import type { NamedHostCollector } from "./host-collector.ts";
import type { Clock } from "../../model/clock.ts";
import type { Collector, InstanceRef, CollectContext, SectionWriter } from "../../model/collector.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";

/**
 * Runs the host's collectors sequentially, each timed and in its own section: a failure affects only its section. They are
 * synchronous; what may block in the kernel is read by a child process and served from its last result.
 */
export class HostCollectorSet implements Collector {
  readonly name = "host";
  readonly #collectors: readonly { readonly collector: NamedHostCollector; readonly labels: string }[];
  readonly #clock: Clock;
  readonly #success: number[] = [];
  readonly #seconds: number[] = [];

  constructor(collectors: readonly NamedHostCollector[], clock: Clock) {
    this.#collectors = collectors.map((collector) => ({ collector, labels: `collector="${collector.name}"` }));
    this.#clock = clock;
  }

  collect(instance: InstanceRef, context: CollectContext, out: SectionWriter): void {
    let firstFailure: string | null = null;
    this.#collectors.forEach(({ collector }, index) => {
      const startMs = this.#clock.monotonicMs();
      const failure = attempt(() => collector.collect(instance, context, out));
      if (failure === null) out.endSection(collector.name);
      else out.failSection(collector.name, failure);
      this.#success[index] = failure === null ? 1 : 0;
      this.#seconds[index] = (this.#clock.monotonicMs() - startMs) / 1000;
      firstFailure ??= failure;
    });
    this.#writeScrapeSeries(out);
    if (!this.#success.includes(1)) {
      throw new CollectFailure("failed", `no collector could read this host: ${firstFailure ?? "none is on"}`);
    }
  }

  /** Each collector's own two series are in the section of its name, so that `collect[]` can select them. */
  #writeScrapeSeries(out: SectionWriter): void {
    this.#collectors.forEach(({ collector, labels }, index) => {
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

import type { Clock } from "../../model/clock.ts";
import type { Collector, InstanceRef, Reading, SampleWriter } from "../../model/collector.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import { PageBuilder } from "./page-builder.ts";
import type { CollectorFailure, PageMessage } from "../shard-protocol.ts";

/**
 * Runs the host's collectors one after the other, each timed and fenced off: one that fails costs its own section of the
 * page. Host collectors answer at once; what may block in the kernel is read by a child process and served from its last answer.
 */
export class HostRunner implements Collector {
  readonly name = "host";
  readonly #collectors: readonly { readonly collector: Collector; readonly labels: string }[];
  readonly #clock: Clock;
  readonly #page = new PageBuilder();
  readonly #success: number[] = [];
  readonly #seconds: number[] = [];
  #failures: CollectorFailure[] = [];
  #message: PageMessage | null = null;

  constructor(collectors: readonly Collector[], clock: Clock) {
    this.#collectors = collectors.map((collector) => ({ collector, labels: `collector="${collector.name}"` }));
    this.#clock = clock;
  }

  collect(instance: InstanceRef, reading: Reading, out: SampleWriter): void {
    const writer: SampleWriter = {
      column: (column, value) => out.column(column, value),
      series: (name, labels, value) => this.#page.series(name, labels, value),
    };
    this.#page.begin();
    this.#failures = [];
    this.#collectors.forEach(({ collector }, index) => {
      const startMs = this.#clock.monotonicMs();
      this.#success[index] = this.#runOne(collector, () => void collector.collect(instance, reading, writer)) ? 1 : 0;
      this.#seconds[index] = (this.#clock.monotonicMs() - startMs) / 1000;
    });
    this.#writeScrapeSeries();
    this.#message = this.#page.finish(this.#clock.wallMs());
    if (this.#failures.length === this.#collectors.length) {
      throw new CollectFailure(
        "failed",
        `no collector could read this host: ${this.#failures[0]?.message ?? "none is on"}`,
      );
    }
  }

  /** The page of the last reading, once. */
  takePage(): PageMessage | null {
    const message = this.#message;
    this.#message = null;
    return message;
  }

  /** The collectors that failed in the last reading, once. */
  takeFailures(): readonly CollectorFailure[] {
    const failures = this.#failures;
    this.#failures = [];
    return failures;
  }

  #runOne(collector: Collector, collect: () => void): boolean {
    try {
      collect();
      this.#page.keepSection(collector.name);
      return true;
    } catch (error) {
      this.#page.dropSection();
      this.#failures.push({ collector: collector.name, message: messageOf(error) });
      return false;
    }
  }

  /** Each collector's own two series stand in its section's neighbourhood by name, so that `collect[]` can pick them. */
  #writeScrapeSeries(): void {
    this.#collectors.forEach(({ collector, labels }, index) => {
      this.#page.series("node_scrape_collector_duration_seconds", labels, this.#seconds[index]!);
      this.#page.series("node_scrape_collector_success", labels, this.#success[index]!);
      this.#page.keepSection(collector.name);
    });
  }
}

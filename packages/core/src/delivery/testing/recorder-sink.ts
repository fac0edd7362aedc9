import { CloudMonitorError } from "../../model/errors.ts";
import type { SampleRecord, Sink, WriteOutcome } from "../../model/sink.ts";

/** A sink that records what it accepts, and fails as long as a test wants. */
export class RecorderSink implements Sink {
  readonly name = "recorder";
  /** While it is unavailable, each call fails as retryable. */
  isUnavailable = false;
  isStarted = false;
  readonly #records = new Map<string, SampleRecord>();

  /** Ids of all rows, in order of arrival. */
  get ids(): readonly number[] {
    return [...this.#records.values()].flatMap(({ batch }) => [...batch.ids]);
  }

  async start(): Promise<void> {
    this.#checkThere();
    this.isStarted = true;
  }

  async write(record: SampleRecord): Promise<WriteOutcome> {
    this.#checkThere();
    const { rows } = record.batch;
    if (this.#records.has(record.id)) return { delivered: 0, duplicates: rows, quarantined: 0 };
    this.#records.set(record.id, record);
    return { delivered: rows, duplicates: 0, quarantined: 0 };
  }

  async stop(): Promise<void> {
    this.isStarted = false;
  }

  #checkThere(): void {
    if (this.isUnavailable)
      throw new CloudMonitorError("STORE_UNAVAILABLE", "the recorder is away", { retryable: true });
  }
}

import type { Batch } from "../../model/batch.ts";
import type { Clock } from "../../model/clock.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import type { HistoryPoint, HistoryQuery } from "../../model/history-store.ts";
import type { SampleRecord, WriteOutcome } from "../../model/sink.ts";
import type { Storage } from "../../model/storage.ts";
import { checkHistoryQuery } from "../history-limits.ts";
import { holdMs, RetentionClock, trusted, type RetentionState } from "../retention-clock.ts";
import { rowWindow, splitByWindow } from "../row-window.ts";
import { StoreStats } from "../store-stats.ts";
import { MemoryEventStore } from "./memory-event-store.ts";
import { MemoryInstanceStore } from "./memory-instance-store.ts";
import { SampleRing } from "./sample-ring.ts";

export interface MemoryStorageOptions {
  readonly clock: Clock;
  /** Maximum number of rows; the oldest written are evicted first. */
  readonly rowsMax: number;
  readonly retentionRawMs: number;
}

/** Maximum number of remembered batch ids: at one batch per second, the replays of an hour. */
const BATCH_IDS_MAX = 3600;

/** For tests, and for agents without history: everything is lost when the process exits. */
export class MemoryStorage implements Storage {
  readonly name = "storage";
  readonly kind = "memory";
  readonly location = "memory of the daemon";
  readonly stats = new StoreStats();
  readonly instances: MemoryInstanceStore;
  readonly events: MemoryEventStore;
  readonly #options: MemoryStorageOptions;
  readonly #samples: SampleRing;
  readonly #retentionClock: RetentionClock;
  #retention: RetentionState | null = null;
  readonly #batchIds = new Set<string>();

  constructor(options: MemoryStorageOptions) {
    this.#options = options;
    this.#samples = new SampleRing(options.rowsMax);
    this.#retentionClock = new RetentionClock(options.clock, options.retentionRawMs);
    this.events = new MemoryEventStore(() => this.instances.load());
    this.instances = new MemoryInstanceStore(
      options.clock,
      () => this.#checkStarted(),
      (events) => this.events.append(events),
    );
  }

  async start(): Promise<void> {
    this.stats.reached();
  }

  async stop(): Promise<void> {
    this.stats.stopped();
  }

  async write({ id, batch, changes }: SampleRecord): Promise<WriteOutcome> {
    this.#checkStarted();
    const startedMs = this.#options.clock.monotonicMs();
    const isSeen = this.#batchIds.has(id);
    const outcome = isSeen ? { delivered: 0, duplicates: batch.rows, quarantined: 0 } : this.#store(batch);
    if (!isSeen && changes !== undefined) this.events.append(changes.events, changes.unwatched);
    this.#remember(id);
    this.stats.written(outcome.delivered, this.#options.clock.monotonicMs() - startedMs);
    return outcome;
  }

  async history(query: HistoryQuery): Promise<readonly HistoryPoint[]> {
    this.#checkStarted();
    checkHistoryQuery(query);
    const rows = this.#samples.range(query.instanceId, query.fromMs, query.toMs);
    const steps = Map.groupBy(rows, ({ timestampMs }) => Math.floor(timestampMs / query.stepMs) * query.stepMs);
    return [...steps].map(([timestampMs, inStep]) => ({
      timestampMs,
      values: query.metrics.map((metric) => average(inStep.map((row) => row.value(COLUMN[metric])))),
    }));
  }

  async probe(): Promise<void> {
    this.#checkStarted();
  }

  async latest(sinceMs: number): Promise<Batch> {
    const instances = await this.instances.load();
    return this.#samples.newest(
      instances.map((instance) => instance.id),
      { fromMs: sinceMs, toMs: rowWindow(this.#options.clock.wallMs(), this.#options.retentionRawMs).toMs },
    );
  }

  async maintain(): Promise<void> {
    this.#checkStarted();
    const { clock, retentionRawMs } = this.#options;
    const nowMs = clock.wallMs();
    this.#retention = this.#retentionClock.look(this.#retention ?? trusted(nowMs));
    const heldMs = holdMs(this.#retention, retentionRawMs);
    this.stats.retentionHoldSeconds = heldMs / 1000;
    if (heldMs === 0) this.#samples.dropBefore(rowWindow(nowMs, retentionRawMs).fromMs);
  }

  #store(batch: Batch): WriteOutcome {
    const window = rowWindow(this.#options.clock.wallMs(), this.#options.retentionRawMs);
    const { accepted, refused } = splitByWindow(batch, window);
    let delivered = 0;
    for (let row = 0; row < accepted.rows; row++) if (this.#samples.add(accepted, row)) delivered++;
    return { delivered, duplicates: accepted.rows - delivered, quarantined: refused?.rows ?? 0 };
  }

  #remember(batchId: string): void {
    this.#batchIds.add(batchId);
    const [oldest] = this.#batchIds;
    if (this.#batchIds.size > BATCH_IDS_MAX && oldest !== undefined) this.#batchIds.delete(oldest);
  }

  #checkStarted(): void {
    if (!this.stats.available) throw this.stats.notStarted();
  }
}

/** Average of the known values; null when there are none. */
function average(values: readonly number[]): number | null {
  const known = values.filter((value) => !Number.isNaN(value));
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  return Number.isNaN(mean) ? null : mean;
}

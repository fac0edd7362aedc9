import type { Config } from "../config/config.ts";
import type { Batch } from "../model/batch.ts";
import { filterBatch } from "../model/batch.ts";
import type { CancelTimer, Clock } from "../model/clock.ts";
import { sleep } from "../model/clock.ts";
import type { InstanceRef } from "../model/collector.ts";
import { hashNumber } from "../model/hash.ts";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import type { Page, PageLayout } from "../model/page.ts";
import { PipelineStats } from "./pipeline-stats.ts";
import { Shard } from "./shard.ts";
import type { CollectorFailure, PageMessage } from "./shard-protocol.ts";
import { SLOT_MS, SlotClock } from "./slots.ts";
import { Wheel } from "./wheel.ts";

export interface PipelineOptions {
  readonly shards: Config["shards"];
  readonly host: Config["host"];
  readonly clock: Clock;
  readonly random: () => number;
  /** Told of each failure of a host collector, at each reading: give it a rate limit. */
  readonly logger: Logger;
  /** Every row, in the order the shards answer. Must not throw and must not wait. */
  readonly onBatch: (batch: Batch) => void;
}

/** A new page is worth this wait; then the one from before is served. */
const REFRESH_WAIT_MS = 100;
/** The first page has none before it, and its thread may still be starting. */
const FIRST_WAIT_MS = 2_000;

/** Collects: the wheel says who is due, the shards' threads read them, rows and the host's page come out. */
export class Pipeline {
  readonly stats: PipelineStats;
  readonly #options: PipelineOptions;
  readonly #clock: Clock;
  readonly #slots: SlotClock;
  readonly #wheel: Wheel;
  readonly #shards: readonly Shard[];
  readonly #instances = new Map<number, Instance>();
  #hostId: number | null = null;
  #page: Page | null = null;
  #layout: { readonly layout: PageLayout; readonly generation: number } | null = null;
  #cancelTimer: CancelTimer = () => {};
  #running = false;
  #lastTickMs = NaN;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#slots = new SlotClock(options.clock);
    this.#wheel = new Wheel(this.#slots.now());
    this.#shards = Array.from({ length: options.shards.threads }, (_, index) => this.#makeShard(index));
    this.stats = new PipelineStats(
      this.#shards.map((shard) => shard.stats),
      this.#slots,
    );
  }

  /** Stopwatch time at which the schedule last turned. */
  get lastTickMs(): number {
    return this.#lastTickMs;
  }

  start(): void {
    this.#running = true;
    for (const shard of this.#shards) shard.open();
    this.#arm();
  }

  /** Stops the schedule, waits for what is being collected, ends the threads. False when one would not end. Safe twice. */
  async stop(): Promise<boolean> {
    this.#running = false;
    this.#cancelTimer();
    const ended = await Promise.all(this.#shards.map((shard) => shard.stop()));
    return ended.every(Boolean);
  }

  /** Watches an instance from now on, or takes over its changes: collected at once, then at its slot. */
  put(instance: Instance): void {
    const { id, interval, kind } = instance;
    this.#instances.set(id, instance);
    if (kind === "host") this.#hostId = id;
    this.#wheel.put(id, interval);
    const shard = this.#shardOf(id);
    shard.put(refOf(instance));
    shard.due(id, NaN);
    if (this.#running) shard.flush();
  }

  remove(id: number): void {
    this.#instances.delete(id);
    this.#wheel.remove(id);
    this.#shardOf(id).remove(id);
  }

  /** The newest page of this host, younger than `maxAgeMs` unless its thread is held up; null before the first. */
  async page(maxAgeMs: number): Promise<Page | null> {
    const isFresh = this.#page !== null && this.#clock.wallMs() - this.#page.readAtMs < maxAgeMs;
    if (isFresh || this.#hostId === null || !this.#running) return this.#page;
    const waited = new AbortController();
    const refreshed = this.#shardOf(this.#hostId).refresh(this.#hostId);
    await Promise.race([
      refreshed,
      sleep(this.#clock, this.#page === null ? FIRST_WAIT_MS : REFRESH_WAIT_MS, waited.signal),
    ]);
    waited.abort();
    return this.#page;
  }

  #makeShard(index: number): Shard {
    const { clock, host, logger, random, shards } = this.#options;
    return new Shard({
      index,
      host,
      heapMaxMiB: shards.heapMaxMiB,
      collectTimeoutMs: shards.collectTimeoutMs,
      clock,
      random,
      logger,
      onBatch: (batch) => this.#onBatch(batch),
      onPage: (page, generation) => this.#onPage(page, generation),
      onCollectorFailures: (failures) => this.#onCollectorFailures(failures),
    });
  }

  #arm(): void {
    this.#cancelTimer = this.#clock.after(this.#slots.msToNext(), () => this.#tick());
  }

  #tick(): void {
    if (!this.#running) return;
    this.#lastTickMs = this.#clock.monotonicMs();
    const slot = this.#slots.now();
    this.stats.missedSuspended += this.#wheel.advance(slot, (id, dueSlot) => {
      this.stats.due++;
      this.#shardOf(id).due(id, dueSlot * SLOT_MS);
    });
    for (const shard of this.#shards) shard.flush();
    this.#arm();
  }

  #onBatch(batch: Batch): void {
    // An instance removed while its tick was in flight must not come back as a row.
    const isKnown = (row: number) => this.#instances.has(batch.ids[row]!);
    let unknown = 0;
    for (let row = 0; row < batch.rows; row++) if (!isKnown(row)) unknown++;
    const known = unknown === 0 ? batch : filterBatch(batch, isKnown);
    if (known.rows === 0) return;
    this.stats.observe(known, this.#clock.wallMs(), (id) => this.#instances.get(id)!.interval);
    this.#options.onBatch(known);
  }

  #onPage(message: PageMessage, generation: number): void {
    if (message.layout !== null) this.#layout = { layout: message.layout, generation };
    if (this.#layout === null || this.#layout.generation !== generation) return;
    this.#page = { layout: this.#layout.layout, values: message.values, readAtMs: message.readAtMs };
  }

  #onCollectorFailures(failures: readonly CollectorFailure[]): void {
    for (const { collector, message } of failures) {
      this.stats.countCollectorError(collector);
      this.#options.logger.warn("a collector of this host failed", { collector, error: message });
    }
  }

  #shardOf(id: number): Shard {
    return this.#shards[hashNumber(id) % this.#shards.length]!;
  }
}

function refOf(instance: Instance): InstanceRef {
  const { id, name, kind, interval, target, simulation, createdAtMs } = instance;
  return { id, name, kind, interval, target, simulation, createdAtMs };
}

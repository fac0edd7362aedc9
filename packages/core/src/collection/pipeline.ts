import type { HostOptions } from "../collectors/registry.ts";
import type { Config } from "../config/config.ts";
import { filterBatch } from "../model/batch.ts";
import type { CancelTimer, Clock } from "../model/clock.ts";
import type { CollectionResult } from "../model/collection-result.ts";
import type { InstanceRef } from "../model/collector.ts";
import type { Instance, NewInstance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import type { InstanceSnapshot, SeriesSnapshot } from "../model/series-snapshot.ts";
import { definitionsOf } from "../model/target-definitions.ts";
import type { TargetDefinitions } from "../model/target-definitions.ts";
import { PipelineStats } from "./pipeline-stats.ts";
import type { TargetRules } from "../platform/target-judge.ts";
import { DryRuns } from "./dry-runs.ts";
import type { DryRun } from "./dry-runs.ts";
import type { HostCollectors } from "./main/host-collectors.ts";
import type { SectionFailure } from "./protocol.ts";
import { Shards } from "./main/shards.ts";
import type { ShardsOptions } from "./main/shards.ts";
import { SLOT_MS, SlotClock } from "./schedule/slots.ts";
import { Wheel } from "./schedule/wheel.ts";

export interface PipelineOptions {
  readonly shards: Config["shards"];
  readonly host: HostOptions;
  readonly targets: TargetRules;
  /** The profiles and modules that instances name. */
  readonly definitions: () => TargetDefinitions;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Logs each failure of a host collector, at each reading: it needs a rate limit. */
  readonly collectorLogger: Logger;
  /** Every row and the snapshots that belong to it, in the order in which the shards reply. Must not throw and must not block. */
  readonly onCollected: (result: CollectionResult) => void;
  /** What refresh() read. Must not throw and must not block. */
  readonly onRefreshed: (refreshed: InstanceSnapshot) => void;
  readonly onThreadReplaced?: ShardsOptions["onThreadReplaced"];
}

/** The collection: the wheel selects the due instances, the shards' threads collect them, and results are delivered. */
export class Pipeline {
  readonly stats: PipelineStats;
  readonly #options: PipelineOptions;
  readonly #clock: Clock;
  readonly #slots: SlotClock;
  readonly #wheel: Wheel;
  readonly #shards: Shards;
  readonly #instances = new Map<number, Instance>();
  readonly #dryRuns: DryRuns;
  #cancelTimer: CancelTimer = () => {};
  #running = false;
  #lastTickMs = NaN;

  constructor(options: PipelineOptions) {
    this.#options = options;
    this.#clock = options.clock;
    this.#slots = new SlotClock(options.clock);
    this.#wheel = new Wheel(this.#slots.now());
    this.#dryRuns = new DryRuns(options.clock);
    this.#shards = this.#makeShards();
    this.stats = new PipelineStats(this.#shards, this.#slots);
  }

  /** Monotonic time at which the schedule last advanced. */
  get lastTickMs(): number {
    return this.#lastTickMs;
  }

  start(): void {
    this.#serveSlots();
    this.#running = true;
    this.#shards.open();
    this.#arm();
  }

  /** Stops the schedule, waits for collections in progress, terminates the threads. False when one did not terminate. Idempotent. */
  async stop(): Promise<boolean> {
    this.#running = false;
    this.#cancelTimer();
    return this.#shards.stop();
  }

  /** Adds an instance, or applies its changes: it is collected at once, then in its slots. */
  put(instance: Instance): void {
    const { id, interval } = instance;
    // Slots from before it was there are not its own: their rows would come after that of the collection at once.
    this.#serveSlots();
    this.#instances.set(id, instance);
    this.#wheel.put(id, interval);
    this.#shards.put(refOf(instance, this.#options.definitions()));
  }

  /** The definitions are others: instances that name one are collected by them from now on. */
  useDefinitions(): void {
    for (const instance of this.#instances.values()) {
      if (instance.profile !== null || instance.module !== null) this.put(instance);
    }
  }

  remove(id: number): void {
    this.#instances.delete(id);
    this.#wheel.remove(id);
    this.#shards.remove(id);
  }

  /** Collects an instance now, for its snapshot only. Null when there will be none: it is blocked, on trial, removed, or lost its thread. */
  async refresh(id: number): Promise<SeriesSnapshot | null> {
    return this.#running ? this.#shards.refresh(id) : null;
  }

  /** Collects an instance out of turn; its row is one like any other. A collection in progress is not repeated. */
  collect(id: number): void {
    if (!this.#running || !this.#instances.has(id)) return;
    this.#shards.due(id, this.#slots.now() * SLOT_MS);
    this.#shards.flush();
  }

  /** Collects an instance once that does not exist. */
  dryRun(instance: NewInstance): Promise<DryRun> {
    const { definitions, shards } = this.#options;
    const timeoutMs = Math.min(shards.collectTimeoutMs, instance.interval * 1000);
    return this.#dryRuns.run(timeoutMs, {
      begin: (id) => this.#shards.put(refOf({ ...instance, id, createdAtMs: this.#clock.wallMs() }, definitions())),
      end: (id) => this.#shards.remove(id),
    });
  }

  #makeShards(): Shards {
    const { clock, host, logger, onThreadReplaced, random, shards, targets } = this.#options;
    return new Shards({
      host,
      targets,
      shards,
      collectTimeoutMs: shards.collectTimeoutMs,
      clock,
      random,
      logger,
      slotNowMs: () => this.#slots.nowMs(),
      onCollected: (result) => this.#onCollected(result),
      onRefreshed: (refreshed) => this.#onRefreshed(refreshed),
      onSectionFailures: (failures) => this.#onSectionFailures(failures),
      ...(onThreadReplaced !== undefined && { onThreadReplaced }),
    });
  }

  /** Which collectors of this host run. */
  get hostCollectors(): HostCollectors {
    return this.#shards.hostCollectors;
  }

  #arm(): void {
    this.#cancelTimer = this.#clock.after(this.#slots.msToNext(), () => this.#tick());
  }

  #tick(): void {
    if (!this.#running) return;
    this.#lastTickMs = this.#clock.monotonicMs();
    this.stats.slots++;
    this.#serveSlots();
    this.#shards.flush();
    this.#arm();
  }

  #serveSlots(): void {
    this.#wheel.shift(this.#slots.follow());
    this.stats.missedSuspended += this.#wheel.advance(this.#slots.now(), (id, dueSlot) => {
      this.stats.due++;
      this.#shards.due(id, dueSlot * SLOT_MS);
    });
  }

  #onCollected({ batch, snapshots }: CollectionResult): void {
    this.#dryRuns.noteRows(batch, snapshots);
    // An instance removed while its tick was in flight must not reappear as a row.
    const isKnown = (row: number) => this.#instances.has(batch.ids[row]!);
    let unknown = 0;
    for (let row = 0; row < batch.rows; row++) if (!isKnown(row)) unknown++;
    const known = unknown === 0 ? batch : filterBatch(batch, isKnown);
    if (known.rows === 0) return;
    this.stats.observe(known, (id) => this.#instances.get(id)!.interval);
    const ofKnown = snapshots.filter(({ instanceId }) => this.#instances.has(instanceId));
    for (const { snapshot } of ofKnown) this.stats.observeSeries(snapshot);
    this.#options.onCollected({ batch: known, snapshots: ofKnown });
  }

  #onRefreshed(refreshed: InstanceSnapshot): void {
    if (!this.#instances.has(refreshed.instanceId)) return;
    this.stats.observeSeries(refreshed.snapshot);
    this.#options.onRefreshed(refreshed);
  }

  #onSectionFailures(failures: readonly SectionFailure[]): void {
    for (const failure of failures) {
      const { collector, instanceId, isPartial, message } = failure;
      const instance = this.#instances.get(instanceId);
      if (instance === undefined) {
        this.#dryRuns.noteFailure(failure);
        continue;
      }
      // Its faults are injected.
      if (instance.kind === "simulated") continue;
      if (instance.kind === "scrape" || instance.kind === "probe") {
        this.#options.collectorLogger.warn(`${instance.kind} failed`, { instance: instance.name, error: message });
        continue;
      }
      if (!isPartial) this.stats.countCollectorError(collector);
      const event = isPartial ? "host collector could not read everything" : "host collector failed";
      this.#options.collectorLogger.warn(event, { collector, error: message });
    }
  }
}

function refOf(instance: Instance, definitions: TargetDefinitions): InstanceRef {
  const { id, name, ip, kind, interval, target, profile, module, simulation, createdAtMs } = instance;
  const ref = { id, name, ip, kind, interval, target, simulation, createdAtMs };
  return profile === null && module === null ? ref : { ...ref, definitions: definitionsOf(instance, definitions) };
}

import { enabledCollectors } from "../../collectors/registry.ts";
import type { Config } from "../../config/config.ts";
import type { Batch } from "../../model/batch.ts";
import type { CollectionResult } from "../../model/collection-result.ts";
import type { InstanceRef } from "../../model/collector.ts";
import { codeOf, messageOf } from "../../model/errors.ts";
import type { FailureReason } from "../../model/failure.ts";
import { hashNumber } from "../../model/hash.ts";
import type { LogFields, Logger } from "../../model/logger.ts";
import type { SeriesSnapshot } from "../../model/series-snapshot.ts";
import { ChildTrials } from "./child-trials.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import { HostCollectors } from "./host-collectors.ts";
import { FailedRows } from "./failed-rows.ts";
import { Shard } from "./shard.ts";
import type { ShardContext, ThreadLoss } from "./shard-options.ts";
import type { SectionFailure } from "../protocol.ts";
import type { ShardStats } from "./shard-stats.ts";
import { TrialShards } from "./trial-shards.ts";

export interface ShardsOptions extends Omit<ShardContext, "hostCollectors" | "nextGeneration"> {
  readonly shards: Config["shards"];
  readonly logger: Logger;
  readonly onCollected: (result: CollectionResult) => void;
  /** Must not throw. */
  readonly onThreadReplaced?: (loss: ThreadReplacement) => void;
}

/** Why a thread was replaced, and what was collected in it: an instance of the API, and a collector of this host. */
export interface ThreadReplacement {
  readonly reason: "hung" | "crashed";
  readonly instanceId?: number;
  readonly collector?: string;
}

/** A collection takes microseconds, this host's a few milliseconds; only others on trial wait meanwhile. */
const TRIAL_LIMITS = { collectingMs: 250, processorMs: 60, fillingMs: 100 };
/** The rest of the shard waits: with the hang deadline of a one-second interval, others miss two collections at most. */
const SHARD_LIMITS = { processorMs: null, fillingMs: 300 };
const TRIAL_THREADS = 4;
const TRIAL_IDLE_MS = 5_000;
/** Enough for a tick of instances; one that exhausts it is found soon. */
const TRIAL_HEAP = { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 8 };
/** From this number of threads stuck in the kernel on (10 MB each, permanently), every newcomer and culprit is first tried in a child process. */
const STUCK_CAREFUL = 3;
/** From here on, an instance that once lost its thread is no longer collected in a thread. */
const STUCK_MAX = 8;

/**
 * Decides where each instance is collected: in its own shard, given by its id, if it is known to respond; on trial, in
 * separate threads, if it has not yet responded in this process (new or changed), or hung or terminated its thread, after
 * a back-off. So a faulty instance affects others on trial, and its own shard at most once.
 */
export class Shards {
  readonly stats: readonly ShardStats[];
  readonly trialStats: readonly ShardStats[];
  /** Abandoned threads that have not terminated yet. */
  stuck = 0;
  readonly hostCollectors: HostCollectors;
  readonly #options: ShardsOptions;
  readonly #shards: readonly Shard[];
  readonly #trial: TrialShards;
  readonly #breaker: CircuitBreaker;
  readonly #children: ChildTrials;
  /** To be tried in a child process first, before they are collected in a thread. */
  readonly #childFirst = new Set<number>();
  readonly #failed = new FailedRows();
  #generation = 0;
  #isOpen = false;

  constructor(options: ShardsOptions) {
    this.#options = options;
    const { clock, random, shards, host, logger, onSectionFailures } = options;
    const heapMaxMiB = this.#trialHeapMaxMiB();
    const mayReturn = () => this.stuck < STUCK_MAX;
    const hosting = { clock, random, host, heapMaxMiB, logger, mayReturn, onSectionFailures };
    this.hostCollectors = new HostCollectors(hosting, enabledCollectors(host));
    this.#breaker = new CircuitBreaker(clock, random);
    this.#shards = Array.from({ length: shards.threads }, (_, index) => this.#makeShard(index));
    this.#trial = new TrialShards(Array.from({ length: TRIAL_THREADS }, () => this.#makeTrial()));
    this.#children = new ChildTrials({
      clock,
      host,
      heapMaxMiB,
      onResult: (instance, timestampMs, answered) => this.#onChildResult(instance, timestampMs, answered),
    });
    this.stats = this.#shards.map((shard) => shard.stats);
    this.trialStats = this.#trial.stats;
  }

  /** Starts the threads. */
  open(): void {
    this.#isOpen = true;
    for (const shard of this.#shards) shard.open();
    this.flush();
  }

  /** Waits for collections in progress, then terminates the threads. False when one did not terminate. Idempotent. */
  async stop(): Promise<boolean> {
    this.#isOpen = false;
    this.hostCollectors.stop();
    this.trialStats[0]!.missed.replaced += this.#children.stop();
    const ended = await Promise.all([...this.#shards, this.#trial].map((shards) => shards.stop()));
    this.#deliver(this.#failed.take(this.#options.slotNowMs()));
    return this.stuck === 0 && ended.every(Boolean);
  }

  /** Adds an instance, or applies its changes, and collects it at once. */
  put(instance: InstanceRef): void {
    const { id, kind } = instance;
    // This host is not on trial until it lost a thread; after that, a new interval is no reason to trust it again.
    const hasTrial = kind !== "host" || this.#breaker.hasRecord(id);
    if (kind !== "host") this.#reset(id);
    const from = hasTrial ? this.#shardOf(id) : this.#trial;
    const to = hasTrial ? this.#trial : this.#shardOf(id);
    const waitingMs = from.remove(id);
    to.put(instance);
    if (waitingMs !== undefined) to.due(id, waitingMs);
    if (kind !== "host" && this.stuck >= STUCK_CAREFUL) this.#childFirst.add(id);
    if (this.#breaker.blockedReason(id) === null) this.due(id, NaN);
    if (this.#isOpen) to.flush();
  }

  remove(id: number): void {
    this.#reset(id);
    this.#shardOf(id).remove(id);
    this.#trial.remove(id);
  }

  /** Queues a collection for the slot at `timestampMs`. Call flush() when all are queued. */
  due(id: number, timestampMs: number): void {
    const reason = this.#breaker.blockedReason(id);
    if (reason !== null) return this.#failed.add(id, timestampMs, reason);
    const isOnTrial = this.#trial.has(id);
    if (id < 0) this.#tryHostCollectors(id);
    if (isOnTrial && this.#childFirst.has(id)) return this.#tryInChild(id, timestampMs);
    (isOnTrial ? this.#trial : this.#shardOf(id)).due(id, timestampMs);
  }

  flush(): void {
    this.#deliver(this.#failed.take(this.#options.slotNowMs()));
    for (const shard of this.#shards) shard.flush();
    this.#trial.flush();
  }

  /** Collects the instance now, for its snapshot only, unless it is blocked or on trial. Null when there will be no snapshot. */
  async refresh(id: number): Promise<SeriesSnapshot | null> {
    return this.#breaker.hasRecord(id) || this.#trial.has(id) ? null : this.#shardOf(id).refresh(id);
  }

  #makeShard(index: number): Shard {
    return new Shard({
      ...this.#context(),
      heapLimits: { maxOldGenerationSizeMb: this.#options.shards.heapMaxMiB },
      limits: SHARD_LIMITS,
      idleMs: null,
      onCollected: (result) => this.#options.onCollected(result),
      onLost: (loss) => this.#onLost(index, loss),
    });
  }

  #makeTrial(): Shard {
    return new Shard({
      ...this.#context(),
      heapLimits: { ...TRIAL_HEAP, maxOldGenerationSizeMb: this.#trialHeapMaxMiB() },
      limits: TRIAL_LIMITS,
      idleMs: TRIAL_IDLE_MS,
      onCollected: (result) => this.#onTrialResult(result),
      onLost: (loss) => this.#onLost("trial", loss),
    });
  }

  #trialHeapMaxMiB(): number {
    return Math.min(TRIAL_HEAP.maxOldGenerationSizeMb, this.#options.shards.heapMaxMiB);
  }

  #context() {
    return {
      ...this.#options,
      hostCollectors: () => this.hostCollectors.state,
      nextGeneration: () => ++this.#generation,
      onStuck: (culprit: number | null) => this.#onStuck(culprit),
      onSectionFailures: (failures: readonly SectionFailure[]) => this.hostCollectors.noteFailures(failures),
    };
  }

  /** Every row is a response, even a failure: an instance whose circuit is closed moves to its own shard. */
  #onTrialResult(result: CollectionResult): void {
    this.#options.onCollected(result);
    for (const id of result.batch.ids) {
      const instance = this.#trial.get(id);
      if (instance === undefined || !this.#trial.isCurrent(id) || !this.#breaker.answered(id)) continue;
      const home = this.#shardOf(id);
      const waitingMs = this.#trial.remove(id);
      home.put(instance);
      if (waitingMs !== undefined) home.due(id, waitingMs);
    }
    for (const shard of this.#shards) shard.flush();
  }

  #onLost(name: number | "trial", loss: ThreadLoss): void {
    const { culprit, error, hostCollector, isCurrent, reason, reopenMs } = loss;
    const facts = { shard: name, reason, ...detailsOf(reason, error) };
    const { logger, onThreadReplaced } = this.#options;
    if (culprit === null) {
      onThreadReplaced?.({ reason });
      logger.warn("collector thread replaced", { ...facts, delayMs: Math.round(reopenMs) });
      return;
    }
    const { id, timestampMs } = culprit;
    // Removed or changed while it hung: nothing to trip. Its new version waits for its own trial.
    const backoffMs =
      hostCollector !== null ? this.hostCollectors.leaveOut(hostCollector) : isCurrent ? this.#trip(id, reason) : 0;
    if (timestampMs !== null) this.#failed.add(id, timestampMs, reason);
    onThreadReplaced?.({
      reason,
      instanceId: apiIdOf(id),
      ...(hostCollector !== null && { collector: hostCollector }),
    });
    logger.warn("collector thread replaced", {
      ...facts,
      instanceId: apiIdOf(id),
      ...(hostCollector !== null && { collector: hostCollector }),
      backoffMs: Math.round(backoffMs),
    });
    this.#deliver(this.#failed.take(this.#options.slotNowMs()));
  }

  /** Trips the instance's circuit breaker and removes it from its shard; if it is already queued again, the new thread must not collect it. */
  #trip(id: number, reason: FailureReason): number {
    const instance = (this.#trial.get(id) ?? this.#shardOf(id).instances.get(id))!;
    const waitingMs = this.#trial.remove(id) ?? this.#shardOf(id).remove(id);
    if (waitingMs !== undefined) this.#failed.add(id, waitingMs, reason);
    this.#trial.put(instance);
    if (this.stuck >= STUCK_CAREFUL) this.#childFirst.add(id);
    return this.#breaker.trip(id, reason);
  }

  #tryHostCollectors(id: number): void {
    const host = this.#trial.get(id) ?? this.#shardOf(id).instances.get(id);
    if (host !== undefined) this.hostCollectors.tryAgain(host);
  }

  #reset(id: number): void {
    this.#breaker.reset(id);
    this.#childFirst.delete(id);
    this.trialStats[0]!.missed.replaced += this.#children.remove(id);
  }

  #onStuck(culprit: number | null): () => void {
    this.stuck++;
    if (culprit !== null && this.#trial.has(culprit)) this.#childFirst.add(culprit);
    this.#options.logger.warn("collector thread stuck in the kernel, abandoned", {
      instanceId: culprit === null ? null : apiIdOf(culprit),
      stuck: this.stuck,
    });
    return () => void this.stuck--;
  }

  #tryInChild(id: number, timestampMs: number): void {
    const instance = this.#trial.get(id)!;
    if (this.#children.due(instance, timestampMs)) return;
    // A culprit stays down until its child has responded; a newcomer is not known to hang.
    if (this.#breaker.hasRecord(id)) this.#failed.add(id, timestampMs, "hung");
    else if (!Number.isNaN(timestampMs)) this.trialStats[0]!.missed.overrun++;
  }

  #onChildResult({ id }: InstanceRef, timestampMs: number, answered: boolean): void {
    if (answered && this.stuck < STUCK_MAX) {
      this.#childFirst.delete(id);
      this.#trial.due(id, timestampMs);
      return this.#trial.flush();
    }
    const backoffMs = Math.round(this.#breaker.trip(id, "hung"));
    this.#failed.add(id, timestampMs, "hung");
    this.#options.logger.warn("instance does not respond in a child process", {
      instanceId: apiIdOf(id),
      backoffMs,
    });
  }

  #deliver(batch: Batch): void {
    if (batch.rows > 0) this.#options.onCollected({ batch, snapshots: [] });
  }

  #shardOf(id: number): Shard {
    return this.#shards[hashNumber(id) % this.#shards.length]!;
  }
}

/** The id of the instance in the API: of all hosts only this daemon's own is collected here, and its id there is 0. */
function apiIdOf(id: number): number {
  return id < 0 ? 0 : id;
}

function detailsOf(reason: ThreadLoss["reason"], error: unknown): LogFields {
  if (error !== null) return { code: codeOf(error), error: messageOf(error) };
  return reason === "crashed" ? { error: "its heap grew on and on" } : {};
}

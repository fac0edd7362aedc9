import type { InstanceRef } from "../../model/collector.ts";
import type { Shard } from "./shard.ts";
import type { ShardStats } from "./shard-stats.ts";

/** Up to this number of instances, only the first thread is used. */
const INSTANCES_OF_FIRST = 32;

/**
 * The threads in which instances are on trial. If there are many, several threads share them: one that hangs delays only
 * those behind it in its own thread.
 */
export class TrialShards {
  readonly stats: readonly ShardStats[];
  readonly #shards: readonly Shard[];
  readonly #shardOf = new Map<number, Shard>();

  constructor(shards: readonly Shard[]) {
    this.#shards = shards;
    this.stats = shards.map((shard) => shard.stats);
  }

  has(id: number): boolean {
    return this.#shardOf.has(id);
  }

  get(id: number): InstanceRef | undefined {
    return this.#shardOf.get(id)?.instances.get(id);
  }

  /** Whether its thread has the current version of this instance. */
  isCurrent(id: number): boolean {
    return this.#shardOf.get(id)?.isCurrent(id) === true;
  }

  put(instance: InstanceRef): void {
    const shard = this.#shardOf.get(instance.id) ?? this.#leastBusy();
    this.#shardOf.set(instance.id, shard);
    shard.put(instance);
  }

  /** As Shard.remove. */
  remove(id: number): number | undefined {
    const shard = this.#shardOf.get(id);
    this.#shardOf.delete(id);
    return shard?.remove(id);
  }

  due(id: number, timestampMs: number): void {
    this.#shardOf.get(id)?.due(id, timestampMs);
  }

  flush(): void {
    for (const shard of this.#shards) shard.flush();
  }

  async stop(): Promise<boolean> {
    const ended = await Promise.all(this.#shards.map((shard) => shard.stop()));
    return ended.every(Boolean);
  }

  #leastBusy(): Shard {
    const [first] = this.#shards;
    if (first!.instances.size < INSTANCES_OF_FIRST) return first!;
    return this.#shards.reduce((least, shard) => (shard.instances.size < least.instances.size ? shard : least));
  }
}

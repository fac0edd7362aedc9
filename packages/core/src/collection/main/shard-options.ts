import type { HostOptions } from "../../collectors/registry.ts";
import type { Clock } from "../../model/clock.ts";
import type { CollectionResult } from "../../model/collection-result.ts";
import type { InstanceSnapshot } from "../../model/series-snapshot.ts";
import type { SectionFailure } from "../protocol.ts";
import type { HeapLimits } from "./shard-thread.ts";
import type { WatchLimits } from "./thread-watch.ts";
import type { LostTick } from "./tick-in-flight.ts";

/** What all shards of a pipeline share. */
export interface ShardContext {
  readonly host: HostOptions;
  readonly collectTimeoutMs: number;
  readonly clock: Clock;
  readonly random: () => number;
  /** Now, in the time of the slots. */
  readonly slotNowMs: () => number;
  /** Never the same twice: replies of different threads are told apart by it. */
  readonly nextGeneration: () => number;
  /** An on-demand collection of an instance has come: no row, and not for the sinks. */
  readonly onRefreshed: (refreshed: InstanceSnapshot) => void;
  readonly onSectionFailures: (failures: readonly SectionFailure[]) => void;
}

export interface ShardOptions extends ShardContext {
  readonly heapLimits: HeapLimits;
  /** What one collection may take; `collectingMs` by default the hang deadline of its instances. */
  readonly limits: Pick<WatchLimits, "processorMs" | "fillingMs"> & { readonly collectingMs?: number };
  /** The thread is ended after this time without work; null: never. */
  readonly idleMs: number | null;
  readonly onCollected: (result: CollectionResult) => void;
  /** The thread was given up: told after its finished rows, before the next thread is opened. */
  readonly onLost: (loss: ThreadLoss) => void;
  /** The thread does not end. The returned function is called if it ends after all. */
  readonly onStuck: (culprit: number | null) => () => void;
}

export interface ThreadLoss {
  readonly reason: "hung" | "crashed";
  /** What it was collecting; without a time when no row was due for it. */
  readonly culprit: LostTick["culprit"];
  /** Whether the culprit is still what it was when its collection began. */
  readonly isCurrent: boolean;
  readonly error: unknown;
  /** When another thread is opened, from now. */
  readonly reopenMs: number;
}

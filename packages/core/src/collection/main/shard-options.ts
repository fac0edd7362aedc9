import type { HostCollectorState } from "../../collectors/host/host-collector-set.ts";
import type { HostOptions } from "../../collectors/registry.ts";
import type { Clock } from "../../model/clock.ts";
import type { CollectionResult } from "../../model/collection-result.ts";
import type { InstanceSnapshot } from "../../model/series-snapshot.ts";
import type { TargetRules } from "../../platform/target-judge.ts";
import type { SectionFailure } from "../protocol.ts";
import type { HeapLimits } from "./shard-thread.ts";
import type { WatchLimits } from "./thread-watch.ts";
import type { LostTick } from "./tick-in-flight.ts";

/** What all shards of a pipeline share. */
export interface ShardContext {
  readonly host: HostOptions;
  readonly targets: TargetRules;
  readonly collectTimeoutMs: number;
  /** Which collectors of this host run. */
  readonly hostCollectors: () => HostCollectorState;
  readonly clock: Clock;
  readonly random: () => number;
  /** The current time on the time scale of the slots. */
  readonly slotNowMs: () => number;
  /** Never returns the same value twice: distinguishes the replies of different threads. */
  readonly nextGeneration: () => number;
  /** The result of an on-demand collection: no row, and not for the sinks. */
  readonly onRefreshed: (refreshed: InstanceSnapshot) => void;
  readonly onSectionFailures: (failures: readonly SectionFailure[]) => void;
}

export interface ShardOptions extends ShardContext {
  readonly heapLimits: HeapLimits;
  /** Limits of one collection; `collectingMs` is by default the hang deadline of its instances. */
  readonly limits: Pick<WatchLimits, "processorMs" | "fillingMs"> & { readonly collectingMs?: number };
  /** The thread is terminated after this idle time; null: never. */
  readonly idleMs: number | null;
  readonly onCollected: (result: CollectionResult) => void;
  /** The thread was abandoned: called after its finished rows were delivered and before the next thread starts. */
  readonly onLost: (loss: ThreadLoss) => void;
  /** The thread does not terminate. The returned function is called if it does later. */
  readonly onStuck: (culprit: number | null) => () => void;
}

export interface ThreadLoss {
  readonly reason: "hung" | "crashed";
  /** What it was collecting; without a timestamp when no row was due for it. */
  readonly culprit: LostTick["culprit"];
  /** The host collector that the culprit was in, if it is a host and that is known. */
  readonly hostCollector: string | null;
  /** Whether the culprit is unchanged since its collection began. */
  readonly isCurrent: boolean;
  readonly error: unknown;
  /** Delay until the next thread starts. */
  readonly reopenMs: number;
}

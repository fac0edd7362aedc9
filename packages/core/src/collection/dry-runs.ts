import type { Batch } from "../model/batch.ts";
import type { Clock } from "../model/clock.ts";
import { COLUMN } from "../model/core-metrics.ts";
import { FAILURE_REASONS } from "../model/failure.ts";
import type { FailureReason } from "../model/failure.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import type { SectionFailure } from "./protocol.ts";

/** Ids that no stored instance reaches: the highest ones, downwards. */
const ID_MAX = 2 ** 31 - 1;
/** A thread that does not reply has been replaced by then, and the next one has loaded its modules, also on a busy machine. */
const MARGIN_MS = 10_000;

/** How a collection went whose row is not kept. */
export interface DryRun {
  readonly reason: FailureReason;
  /** In words, when it failed. */
  readonly message: string | null;
  /** Seconds; null when it failed. */
  readonly durationSeconds: number | null;
  /** Series of its snapshot. */
  readonly series: number;
}

/** Collects an instance with the given id once, and ends it. */
export interface DryRunSteps {
  readonly begin: (id: number) => void;
  readonly end: (id: number) => void;
}

/** Collections of instances that do not exist: whether one could be collected, before it is added. */
export class DryRuns {
  readonly #clock: Clock;
  readonly #running = new Map<number, { readonly messages: string[]; readonly settle: (run: DryRun) => void }>();
  #nextId = ID_MAX;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `timeoutMs` is that of the collection. */
  async run(timeoutMs: number, { begin, end }: DryRunSteps): Promise<DryRun> {
    const id = this.#nextId--;
    const { promise, resolve } = Promise.withResolvers<DryRun>();
    this.#running.set(id, { messages: [], settle: resolve });
    const cancel = this.#clock.after(timeoutMs + MARGIN_MS, () =>
      resolve({ reason: "timeout", message: "there was no response", durationSeconds: null, series: 0 }),
    );
    try {
      begin(id);
      return await promise;
    } finally {
      cancel();
      this.#running.delete(id);
      end(id);
    }
  }

  /** A part of a collection that failed, if it belongs to a dry run. */
  noteFailure({ instanceId, message }: SectionFailure): void {
    this.#running.get(instanceId)?.messages.push(message);
  }

  /** The rows of a batch that belong to dry runs. Their failures arrive in the same turn, after them. */
  noteRows(batch: Batch, snapshots: readonly InstanceSnapshot[]): void {
    if (this.#running.size === 0) return;
    for (let row = 0; row < batch.rows; row++) {
      const running = this.#running.get(batch.ids[row]!);
      if (running === undefined) continue;
      const snapshot = snapshots.find(({ instanceId }) => instanceId === batch.ids[row]);
      const reason = FAILURE_REASONS[batch.reasons[row]!]!;
      const durationSeconds = reason === "none" ? batch.columns[COLUMN.collect_duration_seconds]![row]! : null;
      const series = snapshot?.snapshot.layout.names.length ?? 0;
      queueMicrotask(() => running.settle({ reason, message: running.messages[0] ?? null, durationSeconds, series }));
    }
  }
}

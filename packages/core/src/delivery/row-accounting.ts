import type { WriteOutcome } from "../model/sink.ts";
import type { LogCursor } from "./log.ts";

/**
 * Why rows were not delivered to a sink, or existed before. `queue_full`: too many waited. `duplicate_key`: the sink had
 * them already. `refused`: it refused them permanently. `shutdown`: they still waited at the shutdown deadline.
 */
export type DropReason = "queue_full" | "duplicate_key" | "refused" | "shutdown";

/** In rows: found + collected = delivered + waiting + quarantined + the sum of dropped. Counts since the start. */
export interface RowAccount {
  /** Left by an earlier process. */
  readonly found: number;
  /** Appended for this sink. */
  readonly collected: number;
  readonly delivered: number;
  /** Current number. */
  readonly waiting: number;
  readonly quarantined: number;
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/** Row accounting of one sink: updated with every record that its cursor acknowledges. */
export class RowAccounting {
  readonly #cursor: Pick<LogCursor, "stats">;
  #delivered = 0;
  #duplicates = 0;
  #quarantined = 0;
  #refused = 0;
  #shutdown = 0;

  constructor(cursor: Pick<LogCursor, "stats">) {
    this.#cursor = cursor;
  }

  get account(): RowAccount {
    const { found, appended, waiting, droppedFull } = this.#cursor.stats;
    return {
      found,
      collected: appended,
      delivered: this.#delivered,
      waiting,
      quarantined: this.#quarantined,
      dropped: {
        queue_full: droppedFull,
        duplicate_key: this.#duplicates,
        refused: this.#refused,
        shutdown: this.#shutdown,
      },
    };
  }

  taken(outcome: WriteOutcome): void {
    this.#delivered += outcome.delivered;
    this.#duplicates += outcome.duplicates;
    this.#quarantined += outcome.quarantined;
  }

  refused(rows: number): void {
    this.#refused += rows;
  }

  lostAtStop(rows: number): void {
    this.#shutdown += rows;
  }
}

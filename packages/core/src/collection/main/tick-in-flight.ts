import { copyFirstRows, viewBatch } from "../../model/batch.ts";
import type { Batch, BatchIn } from "../../model/batch.ts";
import type { DueInstances } from "../schedule/due-queue.ts";
import type { Progress } from "../progress.ts";

/** A tick that the thread has not answered yet. */
export interface TickInFlight extends DueInstances {
  /** Instances whose snapshot is refreshed, after those that are due. */
  readonly refresh: readonly number[];
}

export interface Collection {
  readonly id: number;
  readonly timestampMs: number;
}

/** The state of a tick whose thread is lost. */
export interface LostTick {
  /** Finished rows. */
  readonly rows: Batch;
  /** What it was collecting; without a timestamp when it was a refresh. */
  readonly culprit: { readonly id: number; readonly timestampMs: number | null } | null;
  /** Index of the part that it was in; -1 when it has none. */
  readonly section: number;
  /** Begun, with the row still outstanding. */
  readonly owed: readonly Collection[];
  /** Not begun. */
  readonly waiting: readonly Collection[];
}

/** Of a thread that was idle. */
export const NOTHING_LOST: LostTick = {
  rows: viewBatch(new ArrayBuffer(0), 0),
  culprit: null,
  section: -1,
  owed: [],
  waiting: [],
};

/** Reads the thread's progress from shared memory. */
export function recoverTick(tick: TickInFlight, progress: Progress, sharedRows: BatchIn<SharedArrayBuffer>): LostTick {
  const { index, isCollecting } = progress;
  const rows = copyFirstRows(sharedRows, progress.rows);
  const finished = new Set(rows.ids);
  const collections = Array.from(tick.ids, (id, i) => ({ id, timestampMs: tick.timestamps[i]! }));
  const begun = collections.slice(0, isCollecting ? index : index + 1);
  return {
    rows,
    culprit: isCollecting ? culpritAt(index, tick) : null,
    section: isCollecting ? progress.section : -1,
    owed: begun.filter(({ id }) => !finished.has(id)),
    waiting: collections.slice(index + 1),
  };
}

function culpritAt(index: number, { ids, timestamps, refresh }: TickInFlight): LostTick["culprit"] {
  if (index < ids.length) return { id: ids[index]!, timestampMs: timestamps[index]! };
  const refreshed = refresh[index - ids.length];
  return refreshed === undefined ? null : { id: refreshed, timestampMs: null };
}

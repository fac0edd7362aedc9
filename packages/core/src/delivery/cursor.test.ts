import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { allocateBatch } from "../model/batch.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import type { SampleRecord } from "../model/sink.ts";
import type { LogCursor } from "./log.ts";
import { MemoryLog } from "./memory-log.ts";
import { RowAccounting } from "./row-accounting.ts";
import { residualOf } from "./testing/residual-of.ts";

/** The next action of a sink on its cursor, or a number of rows to append. */
type Step =
  | { readonly rows: number }
  | { readonly sink: 0 | 1; readonly does: "seal" | "take" | "set aside" | "refuse" | "take the one before" };

const sinkStep = fc.record({
  sink: fc.constantFrom(0 as const, 1 as const),
  does: fc.constantFrom("seal", "take", "set aside", "refuse", "take the one before"),
}) as fc.Arbitrary<Step>;
const steps = fc.array(fc.oneof(fc.record({ rows: fc.integer({ min: 0, max: 9 }) }), sinkStep), {
  maxLength: 200,
  size: "max",
});
const limits = fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 40 }));

/** One sink's use of the log, step by step. */
class Reader {
  readonly cursor: LogCursor;
  readonly accounting: RowAccounting;
  /** Ids of the rows that it accepted, quarantined or refused. */
  readonly seen: number[] = [];
  sealed: SampleRecord | null = null;
  #before: SampleRecord | null = null;

  constructor(log: MemoryLog, rowsMax: number) {
    this.cursor = log.open({ rowsMax, wantsSnapshots: false });
    this.accounting = new RowAccounting(this.cursor);
  }

  /** Waiting rows that are in no record. */
  get unsealed(): number {
    return this.cursor.stats.waiting - (this.sealed?.batch.rows ?? 0);
  }

  step(does: string): void {
    if (does === "take the one before") {
      if (this.#before !== null) this.cursor.acknowledge(this.#before);
      return;
    }
    const record = this.cursor.seal();
    // The same one until it is acknowledged.
    if (this.sealed !== null) expect(record).toBe(this.sealed);
    this.sealed = record;
    if (record !== null && does !== "seal") this.#end(record, does);
  }

  #end(record: SampleRecord, does: string): void {
    const { rows } = record.batch;
    if (does === "refuse") this.accounting.refused(rows);
    else if (does === "take") this.accounting.taken({ delivered: rows, duplicates: 0, quarantined: 0 });
    else this.accounting.taken({ delivered: rows - 1, duplicates: 0, quarantined: 1 });
    this.seen.push(...record.batch.ids);
    this.cursor.acknowledge(record);
    this.#before = record;
    this.sealed = null;
  }
}

test("two cursors in any order of steps: each account is balanced, each row is seen at most once and in order, and none is held that both have passed", () => {
  fc.assert(
    fc.property(steps, limits, (taken, rowsMax) => {
      let record = 0;
      let row = 0;
      const log = new MemoryLog({ clock: new ManualClock(), newId: () => `record-${++record}` });
      const readers = [new Reader(log, rowsMax[0]), new Reader(log, rowsMax[1])] as const;
      for (const step of taken as Step[]) {
        if ("rows" in step) {
          const batch = allocateBatch(step.rows);
          for (let at = 0; at < step.rows; at++) batch.ids[at] = ++row;
          log.append(batch);
        } else readers[step.sink].step(step.does);

        for (const { accounting, cursor, sealed } of readers) {
          const { account } = accounting;
          expect(residualOf(account)).toBe(0);
          expect(account.collected).toBe(row);
          // The sealed record and the newest batch are never dropped.
          const spared = (sealed?.batch.rows ?? 0) + 9;
          expect(account.waiting).toBeLessThanOrEqual(Math.max(cursor.stats.rowsMax, spared));
        }
        expect(log.rows).toBe(Math.max(...readers.map((reader) => reader.unsealed)));
      }
      for (const { accounting, seen } of readers) {
        expect(seen.every((id, at) => at === 0 || id > seen[at - 1]!)).toBe(true);
        const { delivered, dropped, quarantined } = accounting.account;
        expect(seen).toHaveLength(delivered + quarantined + dropped.refused);
      }
    }),
  );
});

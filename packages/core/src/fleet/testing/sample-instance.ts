import type { Batch } from "../../model/batch.ts";
import { allocateBatch } from "../../model/batch.ts";
import type { CoreMetric } from "../../model/core-metrics.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import type { NewInstance } from "../../model/instance.ts";

/** What a user might create. */
export function sampleInstance(name: string, given: Partial<NewInstance> = {}): NewInstance {
  return {
    name,
    ip: "10.0.0.1",
    interval: 5,
    kind: "simulated",
    target: null,
    profile: null,
    module: null,
    labels: {},
    simulation: null,
    source: "api",
    ...given,
  };
}

export interface SampleRow {
  readonly id: number;
  readonly timestampMs?: number;
  /** Failure code; 0 when it succeeded. */
  readonly reason?: number;
  readonly values?: Partial<Record<CoreMetric, number>>;
}

/** A batch of these rows; `up` is 1 and the rest unknown unless given. */
export function sampleBatch(rows: readonly SampleRow[]): Batch {
  const batch = allocateBatch(rows.length);
  rows.forEach(({ id, timestampMs = 1_000, reason = 0, values }, i) => {
    batch.ids[i] = id;
    batch.timestamps[i] = timestampMs;
    batch.reasons[i] = reason;
    for (const column of batch.columns) column[i] = Number.NaN;
    for (const [name, value] of Object.entries({ up: 1, ...values })) {
      batch.columns[COLUMN[name as CoreMetric]]![i] = value;
    }
  });
  return batch;
}

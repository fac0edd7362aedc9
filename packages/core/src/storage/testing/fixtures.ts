import { allocateBatch, type Batch } from "../../model/batch.ts";
import { COLUMN, type CoreMetric } from "../../model/core-metrics.ts";
import type { Instance, NewInstance } from "../../model/instance.ts";
import type { HistoryQuery } from "../../model/history-store.ts";
import type { Sink, WriteOutcome } from "../../model/sink.ts";
import { DAY_MS } from "../row-window.ts";

/** Retention of every storage in the contract tests. */
export const CONTRACT_RETENTION_MS = 2 * DAY_MS;
export const CONTRACT_EVENTS_RETENTION_MS = 10 * DAY_MS;

/** A batch of rows from objects: metrics not given are unknown. */
export function batchOf(rows: readonly ContractRow[]): Batch {
  const batch = allocateBatch(rows.length);
  for (const column of batch.columns) column.fill(Number.NaN);
  rows.forEach(({ id, ts, ...metrics }, index) => {
    batch.ids[index] = id;
    batch.timestamps[index] = ts;
    for (const [metric, value] of Object.entries(metrics)) batch.columns[COLUMN[metric as CoreMetric]]![index] = value;
  });
  return batch;
}

/** Writes `batch` as the record `id`, without a signal that aborts it. */
export function write(sink: Pick<Sink, "write">, id: string, batch: Batch): Promise<WriteOutcome> {
  return sink.write({ id, batch }, new AbortController().signal);
}

export type ContractRow = { readonly id: number; readonly ts: number } & { readonly [M in CoreMetric]?: number };

export function newInstance(name: string, more: Partial<NewInstance> = {}): NewInstance {
  return {
    name,
    ip: "10.0.0.1",
    interval: 5,
    kind: "simulated",
    target: null,
    profile: null,
    module: null,
    labels: { zone: "a", team: "core" },
    simulation: { seed: 4_294_967_295, profile: "web" },
    source: "api",
    ...more,
  };
}

export function row(id: number, ts: number): ContractRow {
  return { id, ts, load1: 1 };
}

export function hourOf(instanceId: number, fromMs: number): HistoryQuery {
  return { instanceId, fromMs, toMs: fromMs + 3_600_000, stepMs: 60_000, metrics: ["load1"] };
}

export function host(id: number, name: string): Instance {
  const createdAtMs = Date.UTC(2025, 5, 1);
  return { ...newInstance(name, { kind: "host", simulation: null, source: "config" }), id, createdAtMs };
}

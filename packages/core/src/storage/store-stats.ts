import { CloudMonitorError, isCloudMonitorError } from "../model/errors.ts";
import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { StorageStats } from "../model/storage.ts";

/** The counters of a storage, and whether it is available. */
export class StoreStats implements StorageStats {
  callsFailed = 0;
  rowsStored = 0;
  batchesWritten = 0;
  writeSeconds = 0;
  retentionHoldSeconds = 0;
  readonly partitionsDropped = { sample: 0, batch_seen: 0, quarantine: 0 };
  #reason: string | null = "it is starting";

  get available(): boolean {
    return this.#reason === null;
  }

  get unavailableReason(): string | null {
    return this.#reason;
  }

  /** Call it with the outcome of every database call. */
  reached(): void {
    this.#reason = null;
  }

  /** Only `STORE_UNAVAILABLE` means that the database is unavailable; other failures are responses of an available one. */
  failed(error: unknown): void {
    if (!isCloudMonitorError(error) || error.code !== "STORE_UNAVAILABLE") return;
    this.#reason = error.message;
    this.callsFailed++;
  }

  /** The error for a call to a storage that is not started; counts it. */
  notStarted(): CloudMonitorError {
    this.callsFailed++;
    const message = `the storage has not been reached yet: ${this.#reason ?? "it is starting"}`;
    return new CloudMonitorError("STORE_UNAVAILABLE", message, { retryable: true });
  }

  stopped(): void {
    this.#reason = "stopped";
  }

  written(rows: number, elapsedMs: number): void {
    this.rowsStored += rows;
    this.batchesWritten++;
    this.writeSeconds += elapsedMs / 1000;
  }
}

export const STORAGE_METRICS: readonly OwnMetric<StorageStats>[] = [
  counter({
    name: "cloud_monitor_storage_batches_total",
    help: "Batches written.",
    read: ({ batchesWritten }) => batchesWritten,
  }),
  counter({
    name: "cloud_monitor_storage_write_seconds_total",
    help: "Time spent writing batches.",
    read: ({ writeSeconds }) => writeSeconds,
  }),
  counter({
    name: "cloud_monitor_storage_partitions_dropped_total",
    help: "Partitions dropped, by table.",
    labels: ["table"],
    read: ({ partitionsDropped }) => partitionsDropped,
  }),
  gauge({
    name: "cloud_monitor_storage_retention_hold_seconds",
    help: "Run time until rows past retention are dropped again, after a clock step or a gap; usually 0.",
    read: ({ retentionHoldSeconds }) => retentionHoldSeconds,
  }),
];

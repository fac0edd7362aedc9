import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { SinkStats } from "./delivery.ts";

/** The row accounting of the storage, the sink that every daemon has, together with the collected rows. */
export const STORAGE_DELIVERY_METRICS: readonly OwnMetric<SinkStats>[] = [
  counter({
    name: "cloud_monitor_rows_found_in_spool_total",
    help: "Rows left by an earlier process, found at startup.",
    read: ({ account }) => account.found,
  }),
  counter({
    name: "cloud_monitor_rows_stored_total",
    help: "Rows stored.",
    read: ({ account }) => account.delivered,
  }),
  gauge({
    name: "cloud_monitor_rows_spooled",
    help: "Rows waiting for the storage.",
    read: ({ account }) => account.waiting,
  }),
  counter({
    name: "cloud_monitor_rows_quarantined_total",
    help: "Rows that no partition accepts: outside retention, or more than an hour ahead.",
    read: ({ account }) => account.quarantined,
  }),
  counter({
    name: "cloud_monitor_rows_dropped_total",
    help: "Rows lost, or stored before, by reason.",
    labels: ["reason"],
    read: ({ account }) => account.dropped,
  }),
  counter({
    name: "cloud_monitor_storage_retries_total",
    help: "Writes retried.",
    read: ({ retries }) => retries,
  }),
  gauge({
    name: "cloud_monitor_queue_rows",
    help: "Rows in the queue between collection and storage.",
    read: ({ account }) => account.waiting,
  }),
  gauge({
    name: "cloud_monitor_queue_rows_limit",
    help: "Maximum number of rows in the queue; beyond it the oldest are dropped.",
    read: ({ rowsMax }) => rowsMax,
  }),
  gauge({
    name: "cloud_monitor_queue_oldest_seconds",
    help: "Age of the oldest row in the queue; 0 when it is empty.",
    read: ({ oldestSeconds }) => oldestSeconds ?? 0,
  }),
];

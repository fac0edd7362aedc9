import { counter, gauge } from "../model/own-metric.ts";
import type { OwnMetric } from "../model/own-metric.ts";
import type { SinkStats } from "./delivery.ts";

/** The row accounting of the storage, the sink that every daemon has; beside it stands what collection made. */
export const STORAGE_DELIVERY_METRICS: readonly OwnMetric<SinkStats>[] = [
  counter({
    name: "cloud_monitor_rows_found_in_spool_total",
    help: "Rows of an earlier process that were found waiting at start.",
    read: ({ account }) => account.found,
  }),
  counter({
    name: "cloud_monitor_rows_stored_total",
    help: "Rows that the storage took.",
    read: ({ account }) => account.delivered,
  }),
  gauge({
    name: "cloud_monitor_rows_spooled",
    help: "Rows that wait for the storage now.",
    read: ({ account }) => account.waiting,
  }),
  counter({
    name: "cloud_monitor_rows_quarantined_total",
    help: "Rows that no partition may take: outside retention or over an hour ahead.",
    read: ({ account }) => account.quarantined,
  }),
  counter({
    name: "cloud_monitor_rows_dropped_total",
    help: "Rows that are lost or were there before, by reason.",
    labels: ["reason"],
    read: ({ account }) => account.dropped,
  }),
  counter({
    name: "cloud_monitor_storage_retries_total",
    help: "Writes that were tried again.",
    read: ({ retries }) => retries,
  }),
  gauge({
    name: "cloud_monitor_queue_rows",
    help: "Rows in the queue between collection and storage.",
    read: ({ account }) => account.waiting,
  }),
  gauge({
    name: "cloud_monitor_queue_rows_limit",
    help: "Rows that the queue may hold; beyond it the oldest are dropped.",
    read: ({ rowsMax }) => rowsMax,
  }),
  gauge({
    name: "cloud_monitor_queue_oldest_seconds",
    help: "Age of the oldest row in the queue; 0 when it is empty.",
    read: ({ oldestSeconds }) => oldestSeconds ?? 0,
  }),
];

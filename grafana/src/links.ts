import type { DataLink } from "./model.ts";

/** Uids of the dashboards. */
export const UID = {
  host: "cloud-monitor-host",
  fleet: "cloud-monitor-fleet",
  instance: "cloud-monitor-instance",
  daemon: "cloud-monitor-daemon",
  fleetHistory: "cloud-monitor-fleet-history",
  instanceHistory: "cloud-monitor-instance-history",
} as const;

/** From a series with the labels `instance` and `name`. */
export const SERIES_TO_INSTANCE: DataLink = {
  title: "Show ${__field.labels.name}",
  url: `/d/${UID.instance}?var-daemon=\${__field.labels.instance}&var-name=\${__field.labels.name}&\${datasource:queryparam}&\${__url_time_range}`,
};

/** From a row with the columns `instance` and `name`. */
export const ROW_TO_INSTANCE: DataLink = {
  title: "Show ${__data.fields.name}",
  url: `/d/${UID.instance}?var-daemon=\${__data.fields.instance}&var-name=\${__data.fields.name}&\${datasource:queryparam}&\${__url_time_range}`,
};

/** From a row of SQL with the column `name`. */
export const ROW_TO_HISTORY: DataLink = {
  title: "Show the history of ${__data.fields.name}",
  url: `/d/${UID.instanceHistory}?var-name=\${__data.fields.name}&\${database:queryparam}&\${__url_time_range}`,
};

/** From the page of an instance to its history in the database. */
export const NAME_TO_HISTORY: DataLink = {
  title: "History of ${name} in PostgreSQL",
  url: `/d/${UID.instanceHistory}?\${name:queryparam}&\${__url_time_range}`,
};

/** From the history of an instance to what Prometheus has of it. */
export const NAME_TO_INSTANCE: DataLink = {
  title: "${name} now, from Prometheus",
  url: `/d/${UID.instance}?\${name:queryparam}&\${__url_time_range}`,
};

/** From what a daemon serves to the daemon itself. */
export const TO_DAEMON: DataLink = {
  title: "The daemon itself",
  url: `/d/${UID.daemon}?var-daemon=\${__field.labels.instance}&\${datasource:queryparam}&\${__url_time_range}`,
};

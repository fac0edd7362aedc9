import type { SourceRef, Variable } from "./model.ts";
import { POSTGRESQL, PROMETHEUS } from "./queries.ts";

const SINGLE = { hide: 0, includeAll: false, multi: false, options: [], skipUrlSync: false };

/** Which Prometheus to ask; preset to the one that provisioning makes. */
export const DATASOURCE = sourceVariable({
  name: "datasource",
  label: "Prometheus",
  description: "The Prometheus that scrapes the daemon.",
  plugin: "prometheus",
  preset: { text: "cloud-monitor Prometheus", value: "cloud-monitor-prometheus" },
});

/** Which PostgreSQL to ask; preset to the one that provisioning makes. */
export const DATABASE = sourceVariable({
  name: "database",
  label: "PostgreSQL",
  description: "The database that the daemon writes to.",
  plugin: "postgres",
  preset: { text: "cloud-monitor PostgreSQL", value: "cloud-monitor-postgresql" },
});

/** One daemon, by the address that Prometheus scrapes. */
export const DAEMON = queryVariable(PROMETHEUS, {
  name: "daemon",
  label: "Daemon",
  description: "Address of the daemon, as Prometheus scrapes it.",
  query: "label_values(cloud_monitor_build_info, instance)",
});

/** Its job, not shown: where instances are named after hosts, node_exporter's series have the same `instance`. */
export const JOB: Variable = {
  ...queryVariable(PROMETHEUS, {
    name: "job",
    label: "Job",
    description: "Job that scrapes the daemon.",
    query: 'label_values(cloud_monitor_build_info{instance="$daemon"}, job)',
  }),
  hide: 2,
};

/** Any number of daemons; all of them at first. */
export const DAEMONS: Variable = {
  ...DAEMON,
  description: "Addresses of the daemons, as Prometheus scrapes them.",
  multi: true,
  includeAll: true,
  allValue: ".+",
  current: { selected: true, text: ["All"], value: ["$__all"] },
};

/** One instance, as the daemon's /metrics names it. */
export const INSTANCE = queryVariable(PROMETHEUS, {
  name: "name",
  label: "Instance",
  description: "Name of the instance.",
  query: 'label_values(cloud_monitor_instance_info{instance="$daemon"}, name)',
});

/** One instance, as the database names it. */
export const STORED_INSTANCE = queryVariable(POSTGRESQL, {
  name: "name",
  label: "Instance",
  description: "Name of the instance; the first 10,000 are listed.",
  query: "select name from instance where deleted_at is null order by name limit 10000",
});

interface SourceSpec {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly plugin: string;
  readonly preset: { readonly text: string; readonly value: string };
}

function sourceVariable({ name, label, description, plugin, preset }: SourceSpec): Variable {
  const current = { selected: true, ...preset };
  return { name, label, description, type: "datasource", query: plugin, ...SINGLE, regex: "", refresh: 1, current };
}

interface QuerySpec {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  readonly query: string;
}

function queryVariable(datasource: SourceRef, { name, label, description, query }: QuerySpec): Variable {
  // The PostgreSQL plugin takes its query as text, that of Prometheus with a name.
  const asked = datasource.type === "prometheus" ? { query, refId: `Variable-${name}` } : query;
  // refresh 2: asked again when the time range changes. sort 1: by name.
  const options = { definition: query, regex: "", refresh: 2, sort: 1 };
  return { name, label, description, type: "query", datasource, query: asked, ...SINGLE, ...options };
}

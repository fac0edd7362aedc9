import { dashboard } from "./dashboard.ts";
import type { Section } from "./layout.ts";
import { NAME_TO_INSTANCE, UID } from "./links.ts";
import { stat, table, timeline, timeseries } from "./panels.ts";
import type { PanelSpec } from "./panels.ts";
import { sqlRows, sqlSeries } from "./queries.ts";
import { DATABASE, STORED_INSTANCE } from "./variables.ts";

const FROM_INSTANCE = `from sample
where instance_id in (select id from instance where name = \${name:sqlstring} and deleted_at is null)
  and $__timeFilter(ts)`;

/** Each column averaged over the width of a point; name of the line -> SQL of the value. */
function course(lines: Readonly<Record<string, string>>): string {
  const values = Object.entries(lines).map(([name, value]) => `  ${value} as "${name}"`);
  return `select
  $__timeGroupAlias(ts, $__interval),
${values.join(",\n")}
${FROM_INSTANCE}
group by 1
order by 1`;
}

/** Runs of rows with the same \`up\`, those of failed collections only. */
const OUTAGES = `with attempt as (
  select ts, up, lag(up) over (order by ts) is distinct from up as changed
  ${FROM_INSTANCE.replaceAll("\n", "\n  ")}
), run as (
  select ts, up, count(*) filter (where changed) over (order by ts) as number
  from attempt
), span as (
  select number, min(up) as up, min(ts) as began, max(ts) as seen, count(*) as attempts
  from run
  group by number
)
select began, lead(began) over (order by began) as ended, attempts,
  extract(epoch from coalesce(lead(began) over (order by began), seen) - began) as seconds, up
from span
order by began desc`;

const NOW: Section = {
  title: "In the selected time range",
  panels: [
    stat({
      title: "Up, share of attempts",
      about: "Share of the stored collections that succeeded. Slots without a collection do not count.",
      unit: "percentunit",
      decimals: 3,
      thresholds: [
        { color: "red", value: null },
        { color: "orange", value: 0.99 },
        { color: "green", value: 0.999 },
      ],
      queries: [sqlRows(`select avg(up)::float8 as up ${FROM_INSTANCE}`)],
      links: [NAME_TO_INSTANCE],
    }),
    stat({
      title: "Attempts",
      about: "Stored rows, failed ones included.",
      unit: "short",
      queries: [sqlRows(`select count(*) as attempts ${FROM_INSTANCE}`)],
    }),
    stat({
      title: "Failed",
      about: "Stored rows of failed collections.",
      unit: "short",
      badAt: 1,
      queries: [sqlRows(`select count(*) filter (where up = 0) as failed ${FROM_INSTANCE}`)],
    }),
    stat({
      title: "Age of the newest row",
      about:
        "Time since the newest stored slot in the selected time range. Far above the interval: the daemon is stopped, or its rows wait for the database.",
      unit: "s",
      decimals: 0,
      queries: [sqlRows(`select extract(epoch from now() - max(ts))::float8 as age ${FROM_INSTANCE}`)],
    }),
    stat({
      title: "CPU, 95th percentile",
      about: "95th percentile of its CPU usage, over all rows.",
      unit: "percent",
      decimals: 1,
      warnAt: 80,
      badAt: 95,
      queries: [
        sqlRows(`select percentile_cont(0.95) within group (order by cpu_usage_percent) as p95 ${FROM_INSTANCE}`),
      ],
    }),
    stat({
      title: "Memory, maximum",
      about: "Maximum share of memory not available to new processes.",
      unit: "percent",
      decimals: 1,
      warnAt: 85,
      badAt: 95,
      queries: [sqlRows(`select max(memory_usage_percent)::float8 as highest ${FROM_INSTANCE}`)],
    }),
    timeline({
      title: "Up and down",
      about: "Red where any collection within a point's interval failed, so that short outages are not averaged away.",
      unit: "none",
      queries: [sqlSeries(course({ up: "min(up)::float8" }))],
      values: { "0": { text: "down", color: "red" }, "1": { text: "up", color: "green" } },
    }),
    table({
      title: "Periods up and down",
      about: "When it went down and recovered, newest first. `up` 0 is an outage; without an end it is ongoing.",
      unit: "none",
      queries: [sqlRows(`${OUTAGES}\nlimit 100`)],
      columns: { seconds: { name: "lasted", unit: "s" }, up: { name: "up" } },
      width: 24,
      height: 7,
    }),
  ],
};

type Chart = Omit<PanelSpec, "queries" | "width"> & { readonly lines: Readonly<Record<string, string>> };

const chart = ({ lines, ...spec }: Chart) =>
  timeseries({ ...spec, min: 0, queries: [sqlSeries(course(lines))], width: 8 });

const mean = (column: string) => `avg(${column})::float8`;
const highest = (column: string) => `max(${column})::float8`;

const OVER_TIME: Section = {
  title: "Over time",
  panels: [
    chart({
      title: "CPU usage",
      about: "Mean and maximum within a point's interval.",
      unit: "percent",
      max: 100,
      warnAt: 80,
      badAt: 95,
      lines: { mean: mean("cpu_usage_percent"), highest: highest("cpu_usage_percent") },
    }),
    chart({
      title: "Memory usage",
      about: "Mean and maximum of the share not available to new processes.",
      unit: "percent",
      max: 100,
      warnAt: 85,
      badAt: 95,
      lines: { mean: mean("memory_usage_percent"), highest: highest("memory_usage_percent") },
    }),
    chart({
      title: "Load",
      about:
        "Runnable and uninterruptible tasks, averaged over 1, 5 and 15 minutes, and the tasks running at the tick.",
      unit: "none",
      lines: {
        "1 minute": mean("load1"),
        "5 minutes": mean("load5"),
        "15 minutes": mean("load15"),
        "running at the tick": mean("processes_running"),
      },
    }),
    chart({
      title: "Memory and swap",
      about: "Total memory, memory available without swapping, and the swap space in use.",
      unit: "bytes",
      lines: {
        total: mean("memory_total_bytes"),
        available: mean("memory_available_bytes"),
        "swap used": mean("swap_used_bytes"),
      },
    }),
    chart({
      title: "Fullest filesystem",
      about: "Used share of the fullest writable filesystem, the maximum within a point's interval.",
      unit: "percent",
      max: 100,
      warnAt: 80,
      badAt: 90,
      lines: { used: highest("filesystem_usage_percent") },
    }),
    chart({
      title: "Disks",
      about: "Bytes per second read from and written to whole disks.",
      unit: "Bps",
      lines: { read: mean("disk_read_bytes_per_second"), written: mean("disk_written_bytes_per_second") },
    }),
    chart({
      title: "Network",
      about: "Bytes per second received and sent, each byte counted on one interface only.",
      unit: "Bps",
      lines: { received: mean("network_receive_bytes_per_second"), sent: mean("network_transmit_bytes_per_second") },
    }),
    chart({
      title: "Uptime",
      about: "Returns to zero at every boot.",
      unit: "s",
      lines: { uptime: "min(uptime_seconds)" },
    }),
    chart({
      title: "Collection duration",
      about: "Mean and maximum duration of the collections.",
      unit: "s",
      lines: { mean: mean("collect_duration_seconds"), highest: highest("collect_duration_seconds") },
    }),
  ],
};

export const INSTANCE_HISTORY = dashboard({
  uid: UID.instanceHistory,
  title: "cloud-monitor / Instance history (PostgreSQL)",
  about:
    "One instance, as the daemon stored it: every collection, including those between two scrapes, for the retention of raw samples.",
  variables: [DATABASE, STORED_INSTANCE],
  sections: [NOW, OVER_TIME],
  from: "now-6h",
  refresh: "1m",
});

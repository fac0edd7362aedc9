import { dashboard } from "./dashboard.ts";
import type { Section } from "./layout.ts";
import { ROW_TO_HISTORY, UID } from "./links.ts";
import { stat, table, timeseries } from "./panels.ts";
import { sqlRows, sqlSeries } from "./queries.ts";
import { DATABASE } from "./variables.ts";

const KNOWN = "from instance where deleted_at is null";

const ranking = (values: string, order: string) => `select name, labels->>'zone' as zone, labels->>'role' as role,
  ${values}
from sample join instance on id = instance_id
where $__timeFilter(ts) and deleted_at is null
group by id
order by ${order}
limit 20`;

const NOW: Section = {
  title: "What the database has",
  panels: [
    stat({
      title: "Instances",
      about: "All instances, including the daemons' own hosts.",
      unit: "none",
      queries: [sqlRows(`select count(*) as instances ${KNOWN}`)],
      width: 6,
    }),
    stat({
      title: "Up, share of attempts",
      about: "Share of successful collections in the selected time range, over all instances.",
      unit: "percentunit",
      decimals: 3,
      thresholds: [
        { color: "red", value: null },
        { color: "orange", value: 0.95 },
        { color: "green", value: 0.99 },
      ],
      queries: [sqlRows("select avg(up)::float8 as up from sample where $__timeFilter(ts)")],
      width: 6,
    }),
    stat({
      title: "Age of the newest row",
      about:
        "Time since the newest stored slot in the selected time range. It grows while samples wait for the database.",
      unit: "s",
      decimals: 1,
      warnAt: 60,
      badAt: 300,
      queries: [
        sqlRows("select extract(epoch from now() - max(ts))::float8 as age from sample where $__timeFilter(ts)"),
      ],
      width: 6,
    }),
    stat({
      title: "In quarantine",
      about:
        "Rows of the last 7 days that no partition accepts: the clock was wrong, or rows waited longer than the retention.",
      unit: "short",
      warnAt: 1,
      queries: [sqlRows("select count(*) as quarantined from quarantine")],
      width: 6,
    }),
    timeseries({
      title: "Rows stored",
      about: "Rows per second, by their slot. A gap is a time without the daemon, not without the database.",
      unit: "cps",
      min: 0,
      queries: [
        sqlSeries(`select $__timeGroupAlias(ts, $__interval), count(*) / ($__interval_ms / 1000.0) as rows
from sample
where $__timeFilter(ts)
group by 1
order by 1`),
      ],
    }),
    timeseries({
      title: "Share up by zone",
      about:
        "Share of attempts that succeeded, by the label `zone`. One zone that drops alone is an outage of the zone.",
      unit: "percentunit",
      min: 0,
      max: 1,
      queries: [
        sqlSeries(`select $__timeGroupAlias(ts, $__interval),
  coalesce(nullif(labels->>'zone', ''), 'no zone') as metric,
  avg(up)::float8 as up
from sample join instance on id = instance_id
where $__timeFilter(ts)
group by 1, 2
order by 1`),
      ],
    }),
  ],
};

const WORST: Section = {
  title: "The worst twenty",
  panels: [
    table({
      title: "Least available",
      about: "Instances by their share of successful collections, worst first.",
      unit: "none",
      queries: [
        sqlRows(
          ranking(
            "avg(up)::float8 as up, count(*) filter (where up = 0) as failed, max(ts) filter (where up = 1) as last_up",
            "avg(up), name",
          ),
        ),
      ],
      columns: {
        name: { links: [ROW_TO_HISTORY] },
        up: { unit: "percentunit" },
        failed: { name: "failed attempts", badAt: 1 },
        last_up: { name: "last seen up" },
      },
    }),
    table({
      title: "Busiest",
      about: "Instances by their mean CPU usage in the selected time range, with their maximum memory usage.",
      unit: "percent",
      queries: [
        sqlRows(
          ranking(
            `avg(cpu_usage_percent)::float8 as cpu, max(cpu_usage_percent)::float8 as cpu_highest,
  max(memory_usage_percent)::float8 as memory_highest`,
            "avg(cpu_usage_percent) desc nulls last, name",
          ),
        ),
      ],
      columns: {
        name: { links: [ROW_TO_HISTORY] },
        cpu: { name: "CPU, mean", warnAt: 80, badAt: 90 },
        cpu_highest: { name: "CPU, maximum" },
        memory_highest: { name: "memory, maximum", warnAt: 85, badAt: 95 },
      },
    }),
    table({
      title: "Fullest filesystem",
      about:
        "Instances by the used share of their fullest filesystem, and its growth between the first and the last row of the selected time range.",
      unit: "percent",
      queries: [
        sqlRows(
          ranking(
            `max(filesystem_usage_percent)::float8 as used,
  (array_agg(filesystem_usage_percent order by ts desc))[1]::float8
    - (array_agg(filesystem_usage_percent order by ts))[1]::float8 as grew`,
            "max(filesystem_usage_percent) desc nulls last, name",
          ),
        ),
      ],
      columns: { name: { links: [ROW_TO_HISTORY] }, used: { warnAt: 80, badAt: 90 } },
    }),
    table({
      title: "Recently added and removed",
      about: "Instances by the time when they were added or removed, newest first.",
      unit: "none",
      queries: [
        sqlRows(`select coalesce(deleted_at, created_at) as at,
  case when deleted_at is null then 'added' else 'removed' end as change, name, kind, source
from instance
order by 1 desc
limit 20`),
      ],
    }),
  ],
};

export const FLEET_HISTORY = dashboard({
  uid: UID.fleetHistory,
  title: "cloud-monitor / Fleet history (PostgreSQL)",
  about:
    "All instances, as the daemons stored them: which were down most, which are busiest, which zone failed. It reads every row of the selected time range: keep that short with a large fleet.",
  variables: [DATABASE],
  sections: [NOW, WORST],
  from: "now-15m",
  refresh: "1m",
});

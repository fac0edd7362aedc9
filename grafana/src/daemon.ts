import { dashboard } from "./dashboard.ts";
import { DAEMON_PROCESS } from "./daemon-process.ts";
import type { Section } from "./layout.ts";
import { UID } from "./links.ts";
import { stat, timeseries } from "./panels.ts";
import { newest, series } from "./queries.ts";
import { DAEMON, DATASOURCE, JOB } from "./variables.ts";

const ON = 'job="$job", instance="$daemon"';
const own = (name: string, labels = "") => `cloud_monitor_${name}{${ON}${labels}}`;
const perSecond = (name: string, labels = "") => `rate(${own(name, labels)}[$__rate_interval])`;

const YES_OR_NO = { "0": { text: "no", color: "red" }, "1": { text: "yes", color: "green" } };

const NOW: Section = {
  title: "Now",
  panels: [
    stat({
      title: "Reachable",
      about: "Whether the last scrape succeeded.",
      unit: "none",
      queries: [newest(`up{${ON}}`, "{{instance}}")],
      values: YES_OR_NO,
    }),
    stat({
      title: "Release",
      about: "Release of the daemon and its Node.js.",
      unit: "none",
      queries: [newest(own("build_info"), "{{version}} on Node {{nodejs}}")],
      show: "name",
    }),
    stat({
      title: "Uptime",
      about: "Time since the daemon started. If it is repeatedly short, something terminates the daemon.",
      unit: "s",
      decimals: 0,
      queries: [newest(`time() - process_start_time_seconds{${ON}}`, "running")],
    }),
    stat({
      title: "Storage available",
      about: "Whether the database accepts rows. While it does not, rows wait in the queue.",
      unit: "none",
      queries: [newest(own("storage_available"), "storage")],
      values: YES_OR_NO,
    }),
    stat({
      title: "Threads missing",
      about:
        "Collector threads that should respond and do not. A thread that hung or terminated is replaced within a second.",
      unit: "none",
      badAt: 1,
      queries: [newest(`${own("threads_configured")} - ${own("threads_running")}`, "missing")],
    }),
    stat({
      title: "Rows lost",
      about: "Rows dropped in the selected time range, except those stored before.",
      unit: "short",
      decimals: 0,
      badAt: 1,
      queries: [newest(`sum(increase(${own("rows_dropped_total", ', reason!="duplicate_key"')}[$__range]))`, "lost")],
    }),
  ],
};

const ACCOUNTING: Section = {
  title: "Row accounting",
  panels: [
    timeseries({
      title: "Rows collected and stored",
      about: "Rows per second. Stored follows collected; below it, rows wait or are lost.",
      unit: "cps",
      min: 0,
      queries: [
        series(perSecond("rows_collected_total"), "collected"),
        series(perSecond("rows_stored_total"), "stored"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Rows not stored",
      about:
        "Rows a second that were dropped, by reason, or put in quarantine. `duplicate_key` rows were there before.",
      unit: "cps",
      min: 0,
      queries: [
        series(perSecond("rows_dropped_total"), "dropped: {{reason}}"),
        series(perSecond("rows_quarantined_total"), "quarantined"),
      ],
      width: 8,
    }),
    timeseries({
      title: "Unaccounted for",
      about:
        "Found in the spool + collected - stored - waiting - quarantined - dropped: 0 when every row is accounted for.",
      unit: "none",
      queries: [
        series(
          `${own("rows_found_in_spool_total")} + ${own("rows_collected_total")} - ${own("rows_stored_total")} - ${own("rows_spooled")} - ${own("rows_quarantined_total")} - sum without (reason) (${own("rows_dropped_total")})`,
          "residual",
        ),
      ],
      width: 8,
    }),
  ],
};

const QUEUE: Section = {
  title: "Queue and storage",
  panels: [
    timeseries({
      title: "Rows waiting",
      about: "Rows between collection and storage, and the queue's limit, beyond which the oldest are dropped.",
      unit: "short",
      min: 0,
      queries: [
        series(own("queue_rows"), "in the queue"),
        series(own("rows_spooled"), "not stored yet"),
        series(own("queue_rows_limit"), "limit"),
      ],
    }),
    timeseries({
      title: "Age of the oldest row",
      about: "How long the oldest row has been waiting for the storage.",
      unit: "s",
      min: 0,
      warnAt: 30,
      queries: [series(own("queue_oldest_seconds"), "oldest")],
    }),
    timeseries({
      title: "Write time per batch",
      about: "Mean time to write a batch.",
      unit: "s",
      min: 0,
      queries: [
        series(`${perSecond("storage_write_seconds_total")} / ${perSecond("storage_batches_total")}`, "a batch"),
      ],
    }),
    timeseries({
      title: "Batches and retried writes",
      about: "Per second. Writes are retried while the database is unavailable.",
      unit: "ops",
      min: 0,
      queries: [
        series(perSecond("storage_batches_total"), "batches"),
        series(perSecond("storage_retries_total"), "repeated"),
      ],
    }),
  ],
};

const TIME: Section = {
  title: "On time",
  panels: [
    timeseries({
      title: "Late rows",
      about: "Share of rows late by more than a slot (100 ms), or by more than their interval.",
      unit: "percentunit",
      min: 0,
      queries: [
        series(
          `${perSecond("rows_late_total")} / ignoring (limit) group_left () ${perSecond("rows_collected_total")}`,
          "later than a {{limit}}",
        ),
      ],
      width: 8,
    }),
    timeseries({
      title: "Collections missed",
      about: "Due collections per second that were not attempted, by reason.",
      unit: "cps",
      min: 0,
      queries: [series(perSecond("collections_missed_total"), "{{reason}}")],
      width: 8,
    }),
    timeseries({
      title: "Collections failed",
      about: "Failed collections per second, by reason: problems of the instances, not of the daemon.",
      unit: "cps",
      min: 0,
      queries: [series(perSecond("collections_failed_total"), "{{reason}}")],
      width: 8,
    }),
  ],
};

export const DAEMON_DASHBOARD = dashboard({
  uid: UID.daemon,
  title: "cloud-monitor / Daemon",
  about: "The daemon itself: whether every row is accounted for, on time and stored, and what it costs.",
  variables: [DATASOURCE, DAEMON, JOB],
  sections: [NOW, ACCOUNTING, QUEUE, TIME, ...DAEMON_PROCESS],
});

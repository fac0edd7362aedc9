import { parseArgs } from "node:util";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { addFleet, ownMetrics } from "./support/fleet.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { report, skip } from "./support/report.ts";

/**
 * A simulated fleet, stored in the daemon's private PostgreSQL: rows collected, stored, late and missed, by the daemon's row
 * accounting, and its cost. Counting begins when every instance has been collected once.
 */
const { values } = parseArgs({
  options: {
    instances: { type: "string", default: "1000" },
    interval: { type: "string", default: "1" },
    seconds: { type: "string", default: "300" },
  },
});
const [instances, interval, seconds] = [values.instances, values.interval, values.seconds].map(Number) as [
  number,
  number,
  number,
];
const SETTLE_INTERVALS = 2;

if (daemonBuilt()) await measure();
else skip("fleet", DAEMON_NEEDS);

async function measure(): Promise<void> {
  const daemon = await startDaemon({ STORAGE: "postgres" });
  try {
    await addFleet(daemon.url, { count: instances, interval });
    await sleep(SETTLE_INTERVALS * interval * 1000);
    const [before, cpuBefore] = [await ownMetrics(daemon.url), cpuSeconds(daemon.pid)];
    await sleep(seconds * 1000);
    const [after, cpuAfter] = [await ownMetrics(daemon.url), cpuSeconds(daemon.pid)];
    const grown = (name: string) => after.sum(name) - before.sum(name);
    const collected = grown("cloud_monitor_rows_collected_total");
    const percent = (part: number) => `${part} (${((100 * part) / collected).toPrecision(2)} %)`;
    report(
      `${instances} instances every ${interval} s for ${seconds} s, stored in a private PostgreSQL`,
      ["what", "figure"],
      [
        ["rows collected", collected],
        ["rows stored in that time", grown("cloud_monitor_rows_stored_total")],
        [
          "rows dropped or quarantined",
          grown("cloud_monitor_rows_dropped_total") + grown("cloud_monitor_rows_quarantined_total"),
        ],
        ["due collections missed", grown("cloud_monitor_collections_missed_total")],
        ["rows later than a slot of 100 ms", percent(grown('cloud_monitor_rows_late_total{limit="slot"}'))],
        ["rows later than their interval", percent(grown('cloud_monitor_rows_late_total{limit="interval"}'))],
        ["event loop p99, ms", 1000 * after.sum('cloud_monitor_eventloop_delay_seconds{statistic="p99"}')],
        ["processor time, % of a core", (100 * (cpuAfter - cpuBefore)) / seconds],
        ["resident, MiB", residentMiB(daemon.pid)],
        ["collector threads", after.sum("cloud_monitor_threads_running")],
      ],
    );
  } finally {
    await daemon.stop();
  }
}

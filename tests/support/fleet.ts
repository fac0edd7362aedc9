import type { BulkResult, Instance } from "@cloud-monitor/client";
import type { TestDaemon } from "./daemon.ts";
import { eventually } from "./eventually.ts";

/** Adds `count` simulated instances at an interval of a second and waits until each has a row from its own slot. */
export async function addFleet(daemon: TestDaemon, count: number): Promise<readonly Instance[]> {
  const instances = Array.from({ length: count }, (_, i) => ({ name: `fleet-${i + 1}`, ip: "10.0.0.1", interval: 1 }));
  const answer = await daemon.send("POST", "/instances/bulk", instances);
  const { results } = (await answer.json()) as BulkResult;
  const created = results.flatMap((result) => ("instance" in result ? [result.instance] : []));
  if (created.length !== count) throw new Error(`${created.length} of ${count} instances were added`);
  // The first rows are collected at once; two more come by the schedule.
  await eventually(
    () => daemon.metric("cloud_monitor_rows_collected_total"),
    (rows) => rows >= count * 3,
  );
  return created;
}

/** What became of the rows collected, see docs/metrics.md; 0 when none is unaccounted for. */
export async function residualOf(daemon: TestDaemon): Promise<number> {
  const text = await (await daemon.fetch("/metrics?collect[]=daemon")).text();
  const sum = (name: string) =>
    text
      .split("\n")
      .filter(
        (line) => line.startsWith(`cloud_monitor_rows_${name} `) || line.startsWith(`cloud_monitor_rows_${name}{`),
      )
      .reduce((total, line) => total + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
  const came = sum("found_in_spool_total") + sum("collected_total");
  const went = sum("stored_total") + sum("spooled") + sum("quarantined_total") + sum("dropped_total");
  return came - went;
}

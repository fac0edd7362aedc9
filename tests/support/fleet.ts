import type { BulkResult, Instance } from "@cloud-monitor/client";
import type { TestDaemon } from "./daemon.ts";
import { eventually } from "./eventually.ts";
import { parseExposition } from "./exposition.ts";

const FLEET = { interval: 1, labels: { fleet: "test" } };

/** Adds `count` simulated instances with an interval of a second and waits until each has a row from its own slot. */
export async function addFleet(daemon: TestDaemon, count: number): Promise<readonly Instance[]> {
  await daemon.ready();
  const instances = Array.from({ length: count }, (_, i) => ({ name: `fleet-${i + 1}`, ip: "10.0.0.1", ...FLEET }));
  const answer = await daemon.send("POST", "/instances/bulk", instances);
  const { results } = (await answer.json()) as BulkResult;
  const created = results.flatMap((result) => ("instance" in result ? [result.instance] : []));
  if (created.length !== count) throw new Error(`${created.length} of ${count} instances were added`);
  // The first rows are collected at once; two more follow from the schedule.
  await eventually(
    () => daemon.metric("cloud_monitor_rows_collected_total"),
    (rows) => rows >= count * 3,
  );
  return created;
}

/** Removes them all, so that there are no further rows. */
export async function removeFleet(daemon: TestDaemon): Promise<void> {
  const answer = await daemon.send("DELETE", "/instances?label=fleet%3Dtest");
  if (!answer.ok) throw new Error(`the fleet was not removed: ${answer.status}`);
}

/** The daemon's row accounting, see docs/metrics.md. */
export interface RowAccount {
  readonly collected: number;
  readonly stored: number;
  readonly spooled: number;
  readonly quarantined: number;
  readonly dropped: number;
  /** Rows unaccounted for: 0. */
  readonly residual: number;
}

export async function rowAccountOf(daemon: TestDaemon): Promise<RowAccount> {
  const samples = parseExposition(await (await daemon.fetch("/metrics?collect[]=daemon")).text());
  const sum = (name: string) =>
    samples
      .filter((sample) => sample.name === `cloud_monitor_rows_${name}`)
      .reduce((total, { value }) => total + value, 0);
  const collected = sum("collected_total") + sum("found_in_spool_total");
  const went = {
    stored: sum("stored_total"),
    spooled: sum("spooled"),
    quarantined: sum("quarantined_total"),
    dropped: sum("dropped_total"),
  };
  return { collected, ...went, residual: collected - went.stored - went.spooled - went.quarantined - went.dropped };
}

import type { CancelTimer } from "../../../model/clock.ts";
import { CollectFailure } from "../../../model/failure.ts";
import type { Probe, ProbeContext } from "../probe.ts";
import { resolveTarget } from "../resolve-target.ts";
import { PingChild } from "./ping-child.ts";

/** Of one thread; each takes 1 MB of memory. */
const CHILDREN_MAX = 256;
/** A child that no collection asked for so many intervals belongs to an instance that was removed. */
const IDLE_INTERVALS = 3;

/** Sends echo requests, by one long-running ping(8) per instance: node has no ICMP. */
export function icmpProbe(context: ProbeContext): Probe {
  const children = new Map<string, { readonly child: PingChild; cancelIdle: CancelTimer }>();

  const childOf = (key: string, start: () => PingChild, idleMs: number): PingChild => {
    let entry = children.get(key);
    if (entry === undefined || entry.child.failure !== null) {
      if (entry === undefined && children.size >= CHILDREN_MAX)
        throw new CollectFailure("unsupported", `there are already ${CHILDREN_MAX} ICMP targets in this thread`);
      entry?.cancelIdle();
      entry = { child: start(), cancelIdle: () => {} };
      children.set(key, entry);
    }
    entry.cancelIdle();
    const { child } = entry;
    entry.cancelIdle = context.clock.after(idleMs, () => {
      children.delete(key);
      child.end();
    });
    return child;
  };

  return async ({ instanceId, endpoint, interval, signal }, report) => {
    report.beginPhases("probe_icmp_duration_seconds", ["resolve", "rtt"]);
    report.set("probe_icmp_reply_hop_limit", 0);
    const startMs = context.clock.monotonicMs();
    const [address] = await resolveTarget(context, endpoint, report);
    report.addPhase("probe_icmp_duration_seconds", "resolve", (context.clock.monotonicMs() - startMs) / 1000);
    report.set("probe_ip_protocol", address!.family);
    const start = () => new PingChild(address!, interval);
    const child = childOf(`${instanceId} ${address!.address} ${interval}`, start, IDLE_INTERVALS * interval * 1000);
    const { roundTripSeconds, hopLimit } = await child.next(signal);
    report.latencySeconds = roundTripSeconds;
    report.addPhase("probe_icmp_duration_seconds", "rtt", roundTripSeconds);
    report.set("probe_icmp_reply_hop_limit", hopLimit);
  };
}

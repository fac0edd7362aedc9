import type { Endpoint } from "../targets/endpoint.ts";
import type { TargetAddress } from "../targets/target-connector.ts";
import type { ProbeContext } from "./probe.ts";
import type { ProbeReport } from "./probe-report.ts";

/** The addresses of a target, where it may be connected to; reports the time of the look-up. */
export async function resolveTarget(
  { clock, connector }: ProbeContext,
  { host, port }: Endpoint,
  report: ProbeReport,
): Promise<readonly TargetAddress[]> {
  report.set("probe_dns_lookup_time_seconds", 0);
  report.set("probe_ip_protocol", 0);
  connector.checkHost(host, port);
  const startMs = clock.monotonicMs();
  const addresses = await connector.addressesOf(host);
  report.set("probe_dns_lookup_time_seconds", (clock.monotonicMs() - startMs) / 1000);
  return addresses;
}

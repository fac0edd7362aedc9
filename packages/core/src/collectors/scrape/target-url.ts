import { isIPv6 } from "node:net";
import { refusalOfHost } from "../../platform/target-judge.ts";
import type { TargetRules } from "../../platform/target-judge.ts";

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Where the metrics of an instance are: its target, by default the port of node_exporter on its address. */
export function targetUrl({ ip, target }: { readonly ip: string; readonly target: string | null }): string {
  return target ?? `http://${isIPv6(ip) ? `[${ip}]` : ip}:9100/metrics`;
}

export function portOf({ protocol, port }: URL): number {
  return port === "" ? (PORTS[protocol] ?? 0) : Number(port);
}

/** What is wrong with a target, as the end of a sentence that begins with "must be"; null if nothing is. */
export function problemOfTarget(text: string, rules: TargetRules): string | null {
  const url = URL.parse(text);
  if (url === null || !(url.protocol in PORTS)) return "an http or https URL, such as http://10.0.0.5:9100/metrics";
  if (url.username !== "" || url.password !== "") return "a URL without a user name and password";
  if (url.hash !== "") return "a URL without a fragment";
  const refusal = refusalOfHost(url.hostname, portOf(url), rules);
  return refusal === null ? null : `where the daemon may connect to; this address ${refusal}`;
}

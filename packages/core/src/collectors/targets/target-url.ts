import { isIPv6 } from "node:net";

const PORTS: Readonly<Record<string, number>> = { "http:": 80, "https:": 443 };

/** Where the metrics of a scraped instance are: its target, by default the port of node_exporter on its address. */
export function targetUrl({ ip, target }: { readonly ip: string; readonly target: string | null }): string {
  return target ?? `http://${bracketed(ip)}:9100/metrics`;
}

/** An address as in a URL. */
export function bracketed(ip: string): string {
  return isIPv6(ip) ? `[${ip}]` : ip;
}

export function portOf({ protocol, port }: URL): number {
  return port === "" ? (PORTS[protocol] ?? 0) : Number(port);
}

/** What is wrong with the URL of a target, as the end of a sentence that begins with "must be"; null if nothing is. */
export function problemOfUrl(text: string): string | null {
  const url = URL.parse(text);
  if (url === null || !(url.protocol in PORTS)) return "an http or https URL, such as http://10.0.0.5:9100/metrics";
  if (url.username !== "" || url.password !== "") return "a URL without a user name and password";
  return url.hash === "" ? null : "a URL without a fragment";
}

import { isIPv6 } from "node:net";
import type { ProbeModule } from "../../model/target-definitions.ts";
import { isAddress } from "../../platform/address.ts";
import { bracketed, portOf, problemOfUrl, targetUrl } from "./target-url.ts";

/** What an instance is connected to. `url` is null for what is not HTTP; `port` 0 for what has none. */
export interface Endpoint {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
  readonly url: URL | null;
}

/** The parts of an instance that decide it. */
export interface Located {
  readonly kind: string;
  readonly ip: string;
  readonly target: string | null;
}

/** The endpoint, or what the target must be: the end of a sentence that begins with "must be". */
export function endpointOf(instance: Located, module: ProbeModule | null): Endpoint | string {
  if (instance.kind === "scrape") return ofUrl(targetUrl(instance));
  switch (module?.prober) {
    case "http":
      return ofUrl(instance.target ?? `http://${bracketed(instance.ip)}/`);
    case "tcp":
      return ofHostAndPort(instance, null) ?? "host:port, such as 10.0.0.5:5432";
    case "dns":
      return ofHostAndPort(instance, 53) ?? "the name server as host or host:port, such as 10.0.0.2:53";
    default:
      return ofHostAndPort(instance, 0) ?? "a host name or an address, without a port";
  }
}

/** `host:port`, as in a URL. */
export function hostAndPort({ host, port }: Endpoint): string {
  return port === 0 ? host : `${bracketed(host)}:${port}`;
}

/** Of an http or https URL. */
export function endpointOfUrl(url: URL): Endpoint {
  return { host: url.hostname.replace(/^\[(.*)\]$/, "$1"), port: portOf(url), url };
}

function ofUrl(text: string): Endpoint | string {
  return problemOfUrl(text) ?? endpointOfUrl(new URL(text));
}

/** Null when it is neither; without a default the port is required, with the default 0 none is allowed. */
function ofHostAndPort({ ip, target }: Located, portDefault: number | null): Endpoint | null {
  const text = target ?? ip;
  const [, bracketedHost, plainHost, portText] = /^(?:\[([^\]]*)\]|([^:]*))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = isIPv6(text) ? text : (bracketedHost ?? plainHost ?? "");
  const port = portText === undefined || isIPv6(text) ? portDefault : Number(portText);
  const isWhole = isAddress(host) && (bracketedHost === undefined || isIPv6(bracketedHost));
  const isPort =
    port !== null && (portDefault === 0 ? port === 0 && portText === undefined : port > 0 && port < 65_536);
  return isWhole && isPort ? { host, port, url: null } : null;
}

import { isIP } from "node:net";
import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";
import { hostName } from "./host-name.ts";

export interface ListenAddress {
  readonly host: string;
  /** 0 lets the kernel choose. */
  readonly port: number;
}

/** Listens on every address, IPv6 and IPv4. */
export const ALL_ADDRESSES = "::";

/** `host:port` or `:port`, separated by commas; IPv6 addresses in brackets. May be empty. See `listenAddressOf`. */
export const listenAddresses: ValueType<readonly string[]> = {
  wanted: "host:port or :port, with commas between several",
  isList: true,
  parse: (text) => {
    const words = text.split(",").map((word) => word.trim());
    const given = words.filter((word) => word !== "");
    return given.every((word) => parseAddress(word) !== null) ? accepted([...new Set(given)]) : REFUSED;
  },
  format: (addresses) => addresses.join(","),
};

/** Of one text that `listenAddresses` accepted. */
export function listenAddressOf(text: string): ListenAddress {
  return parseAddress(text)!;
}

/** As it is written in an address: `127.0.0.1:9100`, `[::1]:9100`; `:9100` for all addresses. */
export function formatListenAddress({ host, port }: ListenAddress): string {
  if (host === ALL_ADDRESSES) return `:${port}`;
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

function parseAddress(word: string): ListenAddress | null {
  const [, hostText, portText] = /^(\[[^\]]*\]|[^:]*):(\d{1,5})$/.exec(word) ?? [];
  const port = Number(portText);
  if (hostText === undefined || port > 65_535) return null;
  if (hostText === "") return { host: ALL_ADDRESSES, port };
  const host = hostName.parse(hostText, { cwd: "/" });
  return host.ok ? { host: host.value, port } : null;
}

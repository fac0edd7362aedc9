import { isIP } from "node:net";
import { accepted, REFUSED } from "../value-type.ts";
import type { ValueType } from "../value-type.ts";

/** An IP address (IPv6 with or without brackets) or a host name as DNS allows it (RFC 1123), underscores included. */
export const hostName: ValueType<string> = {
  wanted: "an IP address or a host name",
  parse: (text) => {
    const host = text.trim().replace(/^\[(.*)\]$/, "$1");
    return isIP(host) !== 0 || isDnsName(host) ? accepted(host) : REFUSED;
  },
  format: (host) => host,
};

function isDnsName(text: string): boolean {
  // Only digits and dots: a mistyped address.
  if (text.length > 253 || /^[\d.]+$/.test(text)) return false;
  return text.split(".").every((label) => /^[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/.test(label));
}

import { isIPv6 } from "node:net";
import { isLoopback } from "../platform/loopback.ts";

/** All loopback addresses of this machine: clients of a local proxy share it. */
export const LOOPBACK_CLIENT = "loopback";

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
const GROUPS = 8;
const PREFIX_GROUPS = 4;

/**
 * What counts as one client: an IPv4 address, also if mapped to IPv6, or the /64 of an IPv6 address, because a host with
 * one address of a /64 has them all.
 */
export function clientAddress(remoteAddress: string | undefined): string {
  const address = (remoteAddress ?? "").split("%", 1)[0]!.toLowerCase();
  if (isLoopback(address)) return LOOPBACK_CLIENT;
  const mapped = MAPPED_IPV4.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  return isIPv6(address) ? `${prefixOf(address)}::/64` : address;
}

function prefixOf(address: string): string {
  const [head = "", tail = ""] = address.split("::", 2);
  const before = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  // A dotted ending stands for two groups.
  const written = before.length + after.length + (address.includes(".") ? 1 : 0);
  const zeros = address.includes("::") ? Array<string>(Math.max(0, GROUPS - written)).fill("0") : [];
  const groups = [...before, ...zeros, ...after].slice(0, PREFIX_GROUPS);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}

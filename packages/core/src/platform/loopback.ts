import { BlockList, isIPv6 } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Whether an address can only be reached from this machine, including IPv4-mapped IPv6 addresses. Of names only `localhost`:
 * any other could resolve to anything.
 */
export function isLoopback(address: string): boolean {
  if (address.toLowerCase() === "localhost") return true;
  return LOOPBACK.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

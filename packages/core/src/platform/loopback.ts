import { BlockList, isIPv6 } from "node:net";

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/**
 * Whether an address is one that only this machine reaches; also in its form mapped to IPv6. Of names `localhost` alone: any
 * other could resolve to anything.
 */
export function isLoopback(address: string): boolean {
  if (address.toLowerCase() === "localhost") return true;
  return LOOPBACK.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

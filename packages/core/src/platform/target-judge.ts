import { BlockList, isIP, isIPv6 } from "node:net";
import { networkInterfaces } from "node:os";
import { isLoopback } from "./loopback.ts";

export interface TargetRules {
  /** Whether targets may be on this machine. */
  readonly allowLoopback: boolean;
  /** Port of this daemon's own API; 0 when the kernel chooses it. */
  readonly ownPort: number;
}

/**
 * Why the daemon does not connect to an address, as the end of a sentence that begins with it; null if it may. Private
 * networks are allowed, because monitoring them is the job; what is never a monitored machine is not: an instance's owner
 * could otherwise read this machine's metadata service or make the daemon scrape itself.
 */
export function refusalOf(address: string, port: number, rules: TargetRules): string | null {
  const judged = embeddedIpv4(address) ?? address;
  const family = isIPv6(judged) ? "ipv6" : "ipv4";
  const isOwnPort = port !== 0 && port === rules.ownPort;
  if (METADATA.check(judged, family)) return "is the address of a metadata service";
  if (isLoopback(judged)) {
    if (!rules.allowLoopback) return "is on this machine; TARGETS_ALLOW_LOOPBACK=true allows that";
    return isOwnPort ? OWN : null;
  }
  if (NEVER.check(judged, family)) return "is not the address of a machine";
  return isOwnPort && isOfThisMachine(judged) ? OWN : null;
}

/** The same for the host of a URL: of a name, nothing is known before it is resolved. */
export function refusalOfHost(host: string, port: number, rules: TargetRules): string | null {
  const address = host.replace(/^\[(.*)\]$/, "$1");
  if (isIP(address) !== 0) return refusalOf(address, port, rules);
  return address.toLowerCase() === "localhost" ? refusalOf("127.0.0.1", port, rules) : null;
}

const OWN = "with this port is this daemon itself";

/** Link-local addresses are refused as such; these are the others (AWS, Scaleway, Alibaba, Azure, Oracle). */
const METADATA = new BlockList();
METADATA.addAddress("169.254.169.254", "ipv4");
METADATA.addAddress("fd00:ec2::254", "ipv6");
METADATA.addAddress("fd00:42::42", "ipv6");
METADATA.addAddress("100.100.100.200", "ipv4");
METADATA.addAddress("168.63.129.16", "ipv4");
METADATA.addAddress("192.0.0.192", "ipv4");

/** "This network", link-local, multicast, reserved, the unspecified address (RFC 6890). */
const NEVER = new BlockList();
NEVER.addSubnet("0.0.0.0", 8, "ipv4");
NEVER.addSubnet("169.254.0.0", 16, "ipv4");
NEVER.addSubnet("224.0.0.0", 4, "ipv4");
NEVER.addSubnet("240.0.0.0", 4, "ipv4");
NEVER.addAddress("::", "ipv6");
NEVER.addSubnet("fe80::", 10, "ipv6");
NEVER.addSubnet("ff00::", 8, "ipv6");

/** IPv4-mapped (RFC 4291), IPv4-compatible, 6to4 (RFC 3056) and NAT64 (RFC 6052) addresses reach the IPv4 address in them. */
function embeddedIpv4(address: string): string | null {
  if (!isIPv6(address)) return null;
  const groups = groupsOf(address);
  const [a = 0, b = 0] = groups.slice(-2);
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && (groups[5] === 0xffff || groups[5] === 0);
  const isNat64 = groups[0] === 0x64 && groups[1] === 0xff9b;
  if (isMapped && (groups[5] === 0xffff || a > 0)) return dotted(a, b);
  if (isNat64) return dotted(a, b);
  return groups[0] === 0x2002 ? dotted(groups[1]!, groups[2]!) : null;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join(".");
}

/** The eight groups of an IPv6 address, without its zone. */
function groupsOf(address: string): number[] {
  const [text = ""] = address.split("%");
  const ipv4 = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
  const hexadecimal =
    ipv4 === null
      ? text
      : `${ipv4[1]}${((Number(ipv4[2]) << 8) | Number(ipv4[3])).toString(16)}:${((Number(ipv4[4]) << 8) | Number(ipv4[5])).toString(16)}`;
  const [before = "", after] = hexadecimal.split("::");
  const [head, tail] = [numbers(before), numbers(after ?? "")];
  return after === undefined
    ? head
    : [...head, ...Array.from({ length: 8 - head.length - tail.length }, () => 0), ...tail];
}

function numbers(groups: string): number[] {
  return groups === "" ? [] : groups.split(":").map((group) => Number.parseInt(group, 16));
}

function isOfThisMachine(address: string): boolean {
  return Object.values(networkInterfaces()).some((all) => all?.some((one) => one.address === address));
}

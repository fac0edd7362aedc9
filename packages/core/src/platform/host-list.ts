import { BlockList, isIP, isIPv6 } from "node:net";

/** What is wrong with an entry of a host list, as the end of a sentence that begins with "must be"; null if nothing is. */
export function problemOfHostEntry(entry: string): string | null {
  const [network = "", length, ...rest] = entry.split("/");
  if (length === undefined) return isIP(entry) !== 0 || /^(?:\*\.)?[^\s*:/@]+$/.test(entry) ? null : WANTED;
  const bits = isIPv6(network) ? 128 : 32;
  const isNetwork =
    isIP(network) !== 0 &&
    /^\d{1,3}$/.test(length) &&
    Number(length) > 0 &&
    Number(length) <= bits &&
    rest.length === 0;
  return isNetwork ? null : WANTED;
}

const WANTED = "a host name, *.example.com, an address, or a network such as 10.0.0.0/8";

/** Whether a profile may be used for a host: one without credentials needs no list. */
export function mayUse({ hosts }: { readonly hosts: readonly string[] }, host: string): boolean {
  return hosts.length === 0 || isInHostList(hosts, host);
}

/**
 * Whether the host of a URL is in a list of host names, `*.example.com`, addresses and networks. Networks contain addresses
 * only: whoever controls the DNS of a name does not decide whether it is in the list.
 */
export function isInHostList(hosts: readonly string[], host: string): boolean {
  const name = host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, "$1")
    .replace(/\.$/, "");
  return hosts.some((entry) => {
    const wanted = entry.toLowerCase();
    if (wanted.includes("/")) return isInNetwork(wanted, name);
    return wanted.startsWith("*.") ? name.endsWith(wanted.slice(1)) : name === wanted;
  });
}

function isInNetwork(network: string, address: string): boolean {
  if (isIP(address) === 0) return false;
  const [first = "", length] = network.split("/");
  const list = new BlockList();
  list.addSubnet(first, Number(length), familyOf(first));
  return list.check(address, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

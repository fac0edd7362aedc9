import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { codeOf } from "../../../model/errors.ts";
import { byteNameOf, bytesOf } from "../kernel-files/byte-name.ts";

/** The properties of one network interface from sysfs. */
export interface InterfaceFacts {
  /** False if sysfs does not have it: it is for another network namespace, or does not exist. */
  readonly known: boolean;
  /** Whether it is (a function of) a device on a bus: PCI, USB, virtio, Xen. */
  readonly onBus: boolean;
  /** Whether it sends through others: a bond, a bridge with ports, a VLAN. */
  readonly hasLower: boolean;
  /** The interfaces that send through it. */
  readonly uppers: readonly string[];
  /** Whether it is a bridge, a bond, or a TUN/TAP device, even while it sends through none. */
  readonly isVirtual: boolean;
}

const UNKNOWN: InterfaceFacts = { known: false, onBus: false, hasLower: false, uppers: [], isVirtual: false };
/** sysfs entries that only such interfaces have. */
const VIRTUAL_ENTRIES = ["bridge", "bonding", "tun_flags"];
/** The representor port of a virtual machine on a network card's internal switch: the card's own port counts the same bytes. */
const REPRESENTOR = /^(?:c\d+)?pf\d+(?:vf|sf)\d+$/;

/** One read of a sysfs folder; a second one for network cards. */
export function readInterfaceFacts(name: string, sysfs: string): InterfaceFacts {
  const folder = join(byteNameOf(sysfs), "class", "net", name);
  const entries = entriesOf(folder);
  if (entries === null) return UNKNOWN;
  const onBus = entries.includes("device");
  return {
    known: true,
    onBus: onBus && !REPRESENTOR.test(portName(folder)),
    hasLower: entries.some((entry) => entry.startsWith("lower_")),
    uppers: entries.filter((entry) => entry.startsWith("upper_")).map((entry) => entry.slice("upper_".length)),
    isVirtual: entries.some((entry) => VIRTUAL_ENTRIES.includes(entry)),
  };
}

function entriesOf(folder: string): readonly string[] | null {
  try {
    return readdirSync(bytesOf(folder), { encoding: "latin1" });
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EACCES") return null;
    throw error;
  }
}

/** "" if the driver does not name ports: reading the file then fails. */
function portName(folder: string): string {
  try {
    return readFileSync(bytesOf(join(folder, "phys_port_name")), "latin1").trim();
  } catch {
    return "";
  }
}

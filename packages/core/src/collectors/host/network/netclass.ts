import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { flagSwitch } from "../../../model/setting/values/flag-switch.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostPaths } from "../host-paths.ts";
import { byteNameOf, textOf } from "../kernel-files/byte-name.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { entriesOf } from "../kernel-files/sysfs.ts";
import { LabelTexts } from "../label-texts.ts";
import { InterfaceAttributes } from "./interface-attributes.ts";

/** Attribute of sysfs and its family (Documentation/ABI/testing/sysfs-class-net). */
const ATTRIBUTES = [
  ["addr_assign_type", "node_network_address_assign_type"],
  ["carrier", "node_network_carrier"],
  ["carrier_changes", "node_network_carrier_changes_total"],
  ["carrier_down_count", "node_network_carrier_down_changes_total"],
  ["carrier_up_count", "node_network_carrier_up_changes_total"],
  ["dev_id", "node_network_device_id"],
  ["dormant", "node_network_dormant"],
  ["flags", "node_network_flags"],
  ["ifindex", "node_network_iface_id"],
  ["iflink", "node_network_iface_link"],
  ["link_mode", "node_network_iface_link_mode"],
  ["mtu", "node_network_mtu_bytes"],
  ["name_assign_type", "node_network_name_assign_type"],
  ["netdev_group", "node_network_net_dev_group"],
  ["tx_queue_len", "node_network_transmit_queue_length"],
  ["type", "node_network_protocol_type"],
] as const;
const INFO = ["address", "broadcast", "duplex", "ifalias", "operstate"] as const;
/** IFF_UP of netdevice(7): the administrator has switched the interface on. */
const IFF_UP = 1;
const BYTES_PER_MEGABIT = 125_000;

export const NETCLASS_SETTINGS = {
  netclassDevicesIgnored: {
    type: pattern,
    // Matches no name: no interface is ignored.
    fallback: "^$",
    help: "Interfaces that the netclass collector ignores, as a regular expression.",
    flag: "--collector.netclass.ignored-devices",
  },
  netclassIgnoreInvalidSpeed: {
    type: flagSwitch,
    fallback: "false",
    help: "Omits the speed of interfaces that report a negative one.",
    flag: "--collector.netclass.ignore-invalid-speed",
  },
} as const satisfies SettingDeclarations;

export const NETCLASS: HostCollectorDefinition<typeof NETCLASS_SETTINGS> = {
  name: "netclass",
  families: [
    ...families(
      { type: "gauge", labels: ["device"] },
      {
        node_network_address_assign_type:
          "How the hardware address was assigned: 0 permanent, 1 random, 2 stolen, 3 set.",
        node_network_carrier: "1 if the interface has a physical link.",
        node_network_device_id: "Number that distinguishes interfaces with the same hardware address.",
        node_network_dormant: "1 if the interface waits for an external event, such as an authentication.",
        node_network_flags: "The flags of the interface as a bit field, see netdevice(7).",
        node_network_iface_id: "Index of the interface.",
        node_network_iface_link: "Index of the interface that it is linked to; its own if it is physical.",
        node_network_iface_link_mode: "Link mode: 0 default, 1 dormant.",
        node_network_mtu_bytes: "Maximum size of a packet.",
        node_network_name_assign_type:
          "How the name was assigned: 1 by the kernel, 2 predictable, 3 by a user, 4 renamed.",
        node_network_net_dev_group: "Group of the interface.",
        node_network_protocol_type: "Hardware type (ARPHRD of linux/if_arp.h).",
        node_network_speed_bytes: "Speed of the link, bytes per second.",
        node_network_transmit_queue_length: "Maximum number of packets in the transmit queue.",
        node_network_up: "1 if the operational state is `up`.",
      },
    ),
    ...families(
      { type: "counter", labels: ["device"] },
      {
        node_network_carrier_changes_total: "Times that the link went up or down.",
        node_network_carrier_down_changes_total: "Times that the link went down.",
        node_network_carrier_up_changes_total: "Times that the link went up.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["address", "adminstate", "broadcast", "device", "duplex", "ifalias", "operstate"] },
      { node_network_info: "Always 1; the labels describe the interface." },
    ),
  ],
  settings: NETCLASS_SETTINGS,
  create: ({ options }) => new NetclassCollector(options),
};

type NetclassOptions = Pick<HostPaths, "sysfs"> & OptionsOf<typeof NETCLASS_SETTINGS>;

/** Properties of each network interface, /sys/class/net. */
export class NetclassCollector implements HostCollector {
  readonly #folder: string;
  readonly #options: NetclassOptions;
  /** Null for an ignored interface. */
  readonly #interfaces: KeyedCache<KnownInterface | null>;

  constructor(options: NetclassOptions) {
    this.#folder = join(byteNameOf(options.sysfs), "class", "net");
    this.#options = options;
    const texts = new LabelTexts();
    this.#interfaces = new KeyedCache<KnownInterface | null>(
      (name) => {
        if (options.netclassDevicesIgnored.test(textOf(name))) return null;
        const device = texts.claim(name);
        const attributes = new InterfaceAttributes(join(this.#folder, name));
        return { device, attributes, labels: labelBlock({ device }), info: { key: "", labels: "" } };
      },
      (known) => {
        if (known === null) return;
        known.attributes.close();
        texts.release(known.device);
      },
    );
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    for (const name of entriesOf(this.#folder)) {
      const known = this.#interfaces.get(name);
      // A folder of no interface is in fact a file: bonding_masters.
      if (known !== null && known.attributes.begin(context.monotonicMs)) this.#write(known, out);
    }
    this.#interfaces.endReading();
  }

  #write(known: KnownInterface, out: SampleWriter): void {
    const { attributes } = known;
    let flags: number | null = null;
    for (const [attribute, family] of ATTRIBUTES) {
      const value = attributes.number(attribute);
      if (value === null) continue;
      if (attribute === "flags") flags = value;
      out.series(family, known.labels, value);
    }
    const megabits = attributes.number("speed");
    if (megabits !== null && (megabits >= 0 || !this.#options.netclassIgnoreInvalidSpeed)) {
      out.series("node_network_speed_bytes", known.labels, megabits * BYTES_PER_MEGABIT);
    }
    const info = INFO.map((attribute) => attributes.text(attribute));
    out.series("node_network_up", known.labels, info[INFO.indexOf("operstate")] === "up" ? 1 : 0);
    out.series("node_network_info", infoLabels(known, info, adminState(flags)), 1);
  }
}

interface KnownInterface {
  readonly device: string;
  readonly attributes: InterfaceAttributes;
  readonly labels: string;
  /** The last block, and what it was made of. */
  info: { readonly key: string; readonly labels: string };
}

function adminState(flags: number | null): string {
  if (flags === null) return "unknown";
  return (flags & IFF_UP) === 0 ? "down" : "up";
}

function infoLabels(known: KnownInterface, info: readonly string[], adminstate: string): string {
  const key = `${adminstate}\0${info.join("\0")}`;
  if (known.info.key !== key) {
    const [address = "", broadcast = "", duplex = "", ifalias = "", operstate = ""] = info;
    const labels = { address, adminstate, broadcast, device: known.device, duplex, ifalias, operstate };
    known.info = { key, labels: labelBlock(labels) };
  }
  return known.info.labels;
}

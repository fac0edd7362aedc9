import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { byteNameOf } from "../kernel-files/byte-name.ts";
import { attributeText, isThere } from "../kernel-files/sysfs.ts";
import { NamedLabels } from "../named-labels.ts";

export const BONDING: HostCollectorDefinition = {
  name: "bonding",
  families: families(
    { type: "gauge", labels: ["master"] },
    {
      node_bonding_active: "Interfaces of the bond whose link is up.",
      node_bonding_slaves: "Interfaces of the bond.",
    },
  ),
  settings: {},
  create: ({ options }) => new BondingCollector(options.sysfs),
};

/** Bonds of network interfaces, /sys/class/net (Documentation/networking/bonding.rst); without any there is nothing to read. */
export class BondingCollector implements HostCollector {
  readonly #folder: string;
  readonly #labels = new NamedLabels((master) => labelBlock({ master }));

  constructor(sysfs: string) {
    this.#folder = join(byteNameOf(sysfs), "class", "net");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const masters = join(this.#folder, "bonding_masters");
    if (!isThere(masters)) return;
    for (const master of wordsOf(attributeText(masters))) {
      const ports = wordsOf(attributeText(join(this.#folder, master, "bonding", "slaves")));
      const active = ports.filter((port) => this.#isUp(master, port));
      const labels = this.#labels.get(master);
      out.series("node_bonding_active", labels, active.length);
      out.series("node_bonding_slaves", labels, ports.length);
    }
    this.#labels.endReading();
  }

  /** The folder of a port is called `lower_` since Linux 3.14, `slave_` before. */
  #isUp(master: string, port: string): boolean {
    const status = (prefix: string) =>
      attributeText(join(this.#folder, master, `${prefix}_${port}`, "bonding_slave", "mii_status"));
    return (status("lower") ?? status("slave")) === "up";
  }
}

function wordsOf(text: string | null): string[] {
  return (text ?? "").split(/\s+/).filter((word) => word !== "");
}

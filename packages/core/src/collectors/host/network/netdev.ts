import { join } from "node:path";
import { CloudMonitorError } from "../../../model/errors.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { countedInterfaces } from "./counted-interfaces.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostPaths } from "../host-paths.ts";
import { readInterfaceFacts } from "./interface-facts.ts";
import type { InterfaceFacts } from "./interface-facts.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { LabelTexts } from "../label-texts.ts";
import { byteNameOf } from "../kernel-files/byte-name.ts";
import { attributeNumber } from "../kernel-files/sysfs.ts";
import { nameFilter } from "../kernel-files/name-filter.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";
import { CounterDeltas, sumOfDeltas } from "../../counter-deltas.ts";

/** The families of the columns of /proc/net/dev, in their order (net/core/net-procfs.c of the kernel). */
const FAMILIES = [
  "node_network_receive_bytes_total",
  "node_network_receive_packets_total",
  "node_network_receive_errs_total",
  "node_network_receive_drop_total",
  "node_network_receive_fifo_total",
  "node_network_receive_frame_total",
  "node_network_receive_compressed_total",
  "node_network_receive_multicast_total",
  "node_network_transmit_bytes_total",
  "node_network_transmit_packets_total",
  "node_network_transmit_errs_total",
  "node_network_transmit_drop_total",
  "node_network_transmit_fifo_total",
  "node_network_transmit_colls_total",
  "node_network_transmit_carrier_total",
  "node_network_transmit_compressed_total",
] as const;
const RECEIVE_BYTES = 0;
const RECEIVE_ERRORS = 2;
const TRANSMIT_BYTES = 8;
const TRANSMIT_ERRORS = 10;
/** An interface may be stacked on others, or detached from them, while it exists. */
const FACTS_PERIOD_MS = 60_000;
const ONLY_HEADINGS = /^(?:[^\n:]*\|[^\n:]*\n)+$/;

export const NETDEV_SETTINGS = {
  networkDevicesExclude: {
    type: pattern,
    // Matches no name: no interface is ignored.
    fallback: "^$",
    help: "Interfaces that the network collector ignores, as a regular expression.",
    flag: "--collector.netdev.device-exclude",
  },
  networkDevicesInclude: {
    type: pattern,
    fallback: "",
    help: "Interfaces to which the netdev collector is limited, as a regular expression; the setting of those to ignore has no effect then.",
    flag: "--collector.netdev.device-include",
  },
} as const satisfies SettingDeclarations;

export const NETDEV: HostCollectorDefinition<typeof NETDEV_SETTINGS> = {
  name: "netdev",
  families: [
    ...families(
      { type: "gauge", labels: ["device"] },
      {
        node_network_counted:
          "1 for an interface included in the network rates of the host; 0 for one whose bytes another one counts, and for lo.",
      },
    ),
    ...families(
      { type: "counter", labels: ["device"] },
      {
        node_network_receive_bytes_total: "Bytes received.",
        node_network_receive_compressed_total: "Compressed packets received.",
        node_network_receive_drop_total: "Packets received and dropped, for lack of buffer space or of a receiver.",
        node_network_receive_errors_total: "Packets received in error; the same as node_network_receive_errs_total.",
        node_network_receive_errs_total: "Packets received in error.",
        node_network_receive_fifo_total: "Packets lost because the receive queue of the interface was full.",
        node_network_receive_frame_total: "Packets received with a bad frame, length or checksum.",
        node_network_receive_multicast_total: "Multicast packets received.",
        node_network_receive_nohandler_total: "Packets received that no protocol of the kernel handled.",
        node_network_receive_packets_total: "Packets received.",
        node_network_transmit_bytes_total: "Bytes sent.",
        node_network_transmit_carrier_total: "Packets lost while sending because of a missing carrier.",
        node_network_transmit_colls_total: "Collisions on the wire while sending.",
        node_network_transmit_compressed_total: "Compressed packets sent.",
        node_network_transmit_drop_total: "Packets dropped instead of being sent.",
        node_network_transmit_errors_total:
          "Packets that could not be sent; the same as node_network_transmit_errs_total.",
        node_network_transmit_errs_total: "Packets that could not be sent.",
        node_network_transmit_fifo_total: "Packets lost because of FIFO errors of the transmitter.",
        node_network_transmit_packets_total: "Packets sent.",
      },
    ),
  ],
  settings: NETDEV_SETTINGS,
  create: ({ files, options }) => new NetdevCollector(files.file("net", "dev"), options),
};

type NetdevOptions = Pick<HostPaths, "sysfs"> & OptionsOf<typeof NETDEV_SETTINGS>;

/** Traffic of each network interface, from /proc/net/dev; sysfs shows which of them count the same bytes. */
export class NetdevCollector implements HostCollector {
  readonly #file: ProcFile;
  readonly #sysfs: string;
  readonly #interfaces: KeyedCache<KnownInterface | null>;
  readonly #deltas = new CounterDeltas();
  /** The interfaces for which the counted ones were determined. */
  #isDecided = false;
  #factsReadMs: number | null = null;

  constructor(file: ProcFile, { sysfs, networkDevicesExclude, networkDevicesInclude }: NetdevOptions) {
    const isSelected = nameFilter(networkDevicesInclude, networkDevicesExclude);
    this.#file = file;
    this.#sysfs = sysfs;
    const texts = new LabelTexts();
    this.#interfaces = new KeyedCache<KnownInterface | null>(
      (name) => {
        if (!isSelected(name)) return null;
        this.#isDecided = false;
        const text = texts.claim(name);
        return {
          text,
          labels: labelBlock({ device: text }),
          // The only counter that is not in /proc/net/dev.
          noHandlerPath: join(byteNameOf(sysfs), "class", "net", name, "statistics", "rx_nohandler"),
          facts: readInterfaceFacts(name, sysfs),
          counted: false,
        };
      },
      (known) => {
        if (known === null) return;
        this.#isDecided = false;
        texts.release(known.text);
      },
    );
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const rows = new Map<KnownInterface, InterfaceCounters>();
    for (const row of parseNetDev(this.#file.lines())) {
      const known = this.#interfaces.get(row.device);
      if (known !== null) rows.set(known, row);
    }
    this.#interfaces.endReading();
    this.#decideWhatCounts(rows, context.monotonicMs);
    const traffic = new Map<string, readonly number[]>();
    for (const [{ labels, counted, noHandlerPath }, { device, counters }] of rows) {
      writeInterface(labels, counters, out);
      const noHandler = attributeNumber(noHandlerPath);
      if (noHandler !== null) out.series("node_network_receive_nohandler_total", labels, noHandler);
      out.series("node_network_counted", labels, counted ? 1 : 0);
      if (counted) traffic.set(device, [counters[RECEIVE_BYTES]!, counters[TRANSMIT_BYTES]!]);
    }
    const deltas = this.#deltas.measure(context, traffic);
    if (deltas === null) return;
    const [received = 0, sent = 0] = sumOfDeltas(deltas.byKey.values(), 2);
    out.column(COLUMN.network_receive_bytes_per_second, received / deltas.seconds);
    out.column(COLUMN.network_transmit_bytes_per_second, sent / deltas.seconds);
  }

  /** When an interface was added or removed, and every minute: the interfaces on a bus and the counted ones, which are few, are checked again. */
  #decideWhatCounts(rows: ReadonlyMap<KnownInterface, InterfaceCounters>, nowMs: number): void {
    this.#factsReadMs ??= nowMs;
    const isDue = nowMs - this.#factsReadMs >= FACTS_PERIOD_MS;
    if (this.#isDecided && !isDue) return;
    const facts = new Map<string, InterfaceFacts>();
    for (const [known, { device }] of rows) {
      if (isDue && (known.counted || known.facts.onBus)) known.facts = readInterfaceFacts(device, this.#sysfs);
      facts.set(device, known.facts);
    }
    if (isDue) this.#factsReadMs = nowMs;
    const counted = countedInterfaces(facts);
    for (const [known, { device }] of rows) known.counted = counted.has(device);
    this.#isDecided = true;
  }
}

interface KnownInterface {
  readonly text: string;
  readonly labels: string;
  readonly noHandlerPath: string;
  facts: InterfaceFacts;
  counted: boolean;
}

export interface InterfaceCounters {
  readonly device: string;
  /** In the order of the file's 16 columns. */
  readonly counters: readonly number[];
}

/** Lines without 16 numbers are skipped. Throws `COLLECT_FAILED` when no line has them, unless there are only the headings. */
export function parseNetDev(text: string): InterfaceCounters[] {
  const interfaces: InterfaceCounters[] = [];
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const device = scan.before(":");
    if (device === "") continue;
    const counters: number[] = [];
    while (counters.length < FAMILIES.length) {
      const value = scan.number();
      if (Number.isNaN(value)) break;
      counters.push(value);
    }
    if (counters.length === FAMILIES.length) interfaces.push({ device, counters });
  }
  if (interfaces.length > 0 || ONLY_HEADINGS.test(text)) return interfaces;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/dev has no line `name: ` with 16 numbers");
}

function writeInterface(labels: string, counters: readonly number[], out: SampleWriter): void {
  for (let column = 0; column < FAMILIES.length; column++) out.series(FAMILIES[column]!, labels, counters[column]!);
  out.series("node_network_receive_errors_total", labels, counters[RECEIVE_ERRORS]!);
  out.series("node_network_transmit_errors_total", labels, counters[TRANSMIT_ERRORS]!);
}

import { CloudMonitorError } from "../../model/errors.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import type { InstanceRef, Reading, SampleWriter } from "../../model/collector.ts";
import type { HostCollector } from "./host-collector.ts";
import { KeyedCache } from "./keyed-cache.ts";
import type { ProcFile } from "./proc-file.ts";
import { renderLabels } from "./render-labels.ts";
import { TextScanner } from "./text-scanner.ts";
import { TickGrowth } from "./tick-growth.ts";

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

/** Traffic of each network interface, from /proc/net/dev. */
export class NetdevCollector implements HostCollector {
  readonly name = "netdev";
  readonly #file: ProcFile;
  readonly #labels: KeyedCache<string | null>;
  readonly #growth = new TickGrowth(2);

  constructor(file: ProcFile, exclude: RegExp) {
    this.#file = file;
    this.#labels = new KeyedCache((device) => (exclude.test(device) ? null : renderLabels({ device })));
  }

  collect(_instance: InstanceRef, reading: Reading, out: SampleWriter): void {
    const traffic = new Map<string, readonly number[]>();
    for (const { device, counters } of parseNetDev(this.#file.lines())) {
      const labels = this.#labels.get(device);
      if (labels === null) continue;
      writeInterface(labels, counters, out);
      if (device !== "lo") traffic.set(device, [counters[RECEIVE_BYTES]!, counters[TRANSMIT_BYTES]!]);
    }
    this.#labels.endReading();
    const growth = this.#growth.measure(reading, traffic);
    if (growth === null) return;
    out.column(COLUMN.network_receive_bytes_per_second, growth.sums[0]! / growth.seconds);
    out.column(COLUMN.network_transmit_bytes_per_second, growth.sums[1]! / growth.seconds);
  }

  close(): void {
    this.#file.close();
  }
}

export interface InterfaceCounters {
  readonly device: string;
  /** In the order of the file's 16 columns. */
  readonly counters: readonly number[];
}

/** Lines without 16 numbers, as the two headings, are passed over. Throws `COLLECT_FAILED` when no line has them. */
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
  if (interfaces.length > 0) return interfaces;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/dev has no line `name: ` with 16 numbers");
}

function writeInterface(labels: string, counters: readonly number[], out: SampleWriter): void {
  for (let column = 0; column < FAMILIES.length; column++) out.series(FAMILIES[column]!, labels, counters[column]!);
  out.series("node_network_receive_errors_total", labels, counters[RECEIVE_ERRORS]!);
  out.series("node_network_transmit_errors_total", labels, counters[TRANSMIT_ERRORS]!);
}

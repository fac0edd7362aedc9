import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

/** Family by the column of /proc/net/softnet_stat; the columns between are 0 or for debugging. */
const COLUMNS = [
  [0, "node_softnet_processed_total"],
  [1, "node_softnet_dropped_total"],
  [2, "node_softnet_times_squeezed_total"],
  [8, "node_softnet_cpu_collision_total"],
  [9, "node_softnet_received_rps_total"],
  [10, "node_softnet_flow_limit_count_total"],
  [11, "node_softnet_backlog_len"],
] as const;
/** Kernels from 5.10 on name the CPU; before, it is the number of the row. */
const CPU_COLUMN = 12;
const COLUMNS_MIN = 3;

export const SOFTNET: HostCollectorDefinition = {
  name: "softnet",
  families: [
    ...families(
      { type: "gauge", labels: ["cpu"] },
      { node_softnet_backlog_len: "Packets waiting in the backlog queue of the CPU." },
    ),
    ...families(
      { type: "counter", labels: ["cpu"] },
      {
        node_softnet_cpu_collision_total: "Times that the transmit lock of a device was already taken.",
        node_softnet_dropped_total: "Packets dropped because the backlog queue of the CPU was full.",
        node_softnet_flow_limit_count_total: "Packets dropped by the limit per flow.",
        node_softnet_processed_total: "Packets processed by the CPU.",
        node_softnet_received_rps_total: "Times that another CPU woke this one to process packets (RPS).",
        node_softnet_times_squeezed_total: "Times that processing stopped with work left, out of budget or time.",
      },
    ),
  ],
  settings: {},
  create: ({ files }) => new SoftnetCollector(files.file("net", "softnet_stat")),
};

/** Packet processing by CPU, /proc/net/softnet_stat (net/core/net-procfs.c of the kernel). */
export class SoftnetCollector implements HostCollector {
  readonly #file: ProcFile;
  readonly #labels = new KeyedCache((cpu) => labelBlock({ cpu }));

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    for (const { cpu, values } of parseSoftnet(this.#file.text())) {
      const labels = this.#labels.get(cpu);
      COLUMNS.forEach(([, family], index) => out.series(family, labels, values[index]!));
    }
    this.#labels.endReading();
  }
}

export interface SoftnetRow {
  readonly cpu: string;
  /** In the order of COLUMNS; those that an old kernel lacks are 0. */
  readonly values: readonly number[];
}

/** Lines without three hexadecimal numbers are skipped. Throws `COLLECT_FAILED` when there is no other. */
export function parseSoftnet(text: string): SoftnetRow[] {
  const rows: SoftnetRow[] = [];
  for (const line of text.split("\n")) {
    const words = line.trim().split(/\s+/);
    if (words.length < COLUMNS_MIN || !words.every((word) => /^[0-9a-f]{1,16}$/.test(word))) continue;
    const column = (index: number) => (index < words.length ? Number.parseInt(words[index]!, 16) : 0);
    const cpu = words.length > CPU_COLUMN ? column(CPU_COLUMN) : rows.length;
    rows.push({ cpu: String(cpu), values: COLUMNS.map(([index]) => column(index)) });
  }
  if (rows.length > 0) return rows;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/softnet_stat has no line with hexadecimal numbers");
}

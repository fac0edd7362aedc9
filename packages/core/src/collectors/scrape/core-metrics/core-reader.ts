import type { CollectContext, SampleWriter } from "../../../model/collector.ts";
import { COLUMN } from "../../../model/core-metrics.ts";
import type { CoreMetric } from "../../../model/core-metrics.ts";
import { ownText } from "../../../model/own-text.ts";
import { CounterDeltas, sumOfDeltas } from "../../counter-deltas.ts";
import type { Deltas } from "../../counter-deltas.ts";
import type { ParsedSamples } from "../text/parsed-text.ts";
import { KNOWN_FAMILIES } from "./known-families.ts";
import type { Count, KnownFamily, Labels, Reading } from "./known-families.ts";

/** By name. */
export const KNOWN: ReadonlyMap<string, KnownFamily> = new Map(KNOWN_FAMILIES.map((family) => [family.name, family]));

/** Which fields of a key's counters a count belongs to, and what the key is. */
const COUNTS: Readonly<Record<Count, { readonly subject: Subject; readonly field: 0 | 1; readonly label: string }>> = {
  cpu_idle: { subject: "cpu", field: 0, label: "cpu" },
  cpu_busy: { subject: "cpu", field: 1, label: "cpu" },
  cpu_idle_alone: { subject: "idle", field: 0, label: "core" },
  disk_read: { subject: "disk", field: 0, label: "device" },
  disk_written: { subject: "disk", field: 1, label: "device" },
  received: { subject: "network", field: 0, label: "device" },
  sent: { subject: "network", field: 1, label: "device" },
};
const SUBJECTS = ["cpu", "idle", "disk", "network"] as const;
type Subject = (typeof SUBJECTS)[number];

interface CountedSeries {
  readonly index: number;
  readonly key: string;
  readonly field: 0 | 1;
}

/** Core metrics of a scraped host, from the series of the known exporters; unknown ones stay unknown. */
export class CoreReader {
  readonly #deltas = new Map(SUBJECTS.map((subject) => [subject, new CounterDeltas()]));
  #counted: ReadonlyMap<Subject, readonly CountedSeries[]> = new Map();
  #readings: ReadonlyMap<Reading, readonly number[]> = new Map();
  #filesystems: readonly FilesystemSeries[] = [];

  /** Learns the series of a new layout; counters keep their values of the last tick. */
  use({ names, labels }: Pick<ParsedSamples, "names" | "labels">): void {
    const counted = new Map<Subject, CountedSeries[]>(SUBJECTS.map((subject) => [subject, []]));
    const readings = new Map<Reading, number[]>();
    const filesystems = new Map<string, FilesystemSeries>();
    for (const [index, name] of names.entries()) {
      const known = KNOWN.get(name);
      if (known === undefined) continue;
      const values = valuesOf(labels[index]!);
      const meaning = typeof known.is === "function" ? known.is(values) : known.is;
      if (meaning === null) continue;
      if (isCount(meaning)) {
        const { subject, field, label } = COUNTS[meaning];
        const key = ownText(values.get(label) ?? values.get("volume") ?? values.get("nic") ?? "");
        counted.get(subject)!.push({ index, key, field });
      } else if (meaning in NO_FILESYSTEM) {
        const key = values.get("volume") ?? `${values.get("device")} ${values.get("mountpoint")}`;
        filesystems.set(key, { ...(filesystems.get(key) ?? NO_FILESYSTEM), [meaning]: index });
      } else {
        readings.set(meaning, [...(readings.get(meaning) ?? []), index]);
      }
    }
    this.#counted = counted;
    this.#readings = readings;
    this.#filesystems = [...filesystems.values()];
  }

  /** Writes the metrics that `values` has; percentages and rates only on a tick. */
  write(values: Float64Array, context: CollectContext, out: SampleWriter): void {
    const reading = (name: Reading) => values[this.#readings.get(name)?.[0] ?? -1] ?? Number.NaN;
    const column = (metric: CoreMetric, value: number) => {
      if (Number.isFinite(value)) out.column(COLUMN[metric], value);
    };
    for (const metric of AS_THEY_STAND) column(metric, reading(metric));
    const total = reading("memory_total_bytes");
    column("memory_usage_percent", 100 * (1 - reading("memory_available_bytes") / total));
    column("swap_used_bytes", reading("swap_total_bytes") - reading("swap_free_bytes"));
    const time = reading("time_seconds");
    const now = Number.isNaN(time) ? context.wallMs / 1000 : time;
    column("uptime_seconds", now - reading("boot_time_seconds"));
    column("filesystem_usage_percent", this.#fullest(values));
    this.#writeRates(values, context, column);
  }

  #writeRates(
    values: Float64Array,
    context: CollectContext,
    column: (metric: CoreMetric, value: number) => void,
  ): void {
    const [cpu, idle, disk, network] = SUBJECTS.map((subject) => this.#measure(subject, values, context));
    if (cpu) {
      const [idleSeconds = 0, busySeconds = 0] = sumOfDeltas(cpu.byKey.values(), 2);
      column("cpu_usage_percent", (100 * busySeconds) / (idleSeconds + busySeconds));
    } else if (idle) {
      const [idleSeconds = 0] = sumOfDeltas(idle.byKey.values(), 1);
      column("cpu_usage_percent", Math.max(0, 100 * (1 - idleSeconds / (idle.seconds * idle.byKey.size))));
    }
    for (const [deltas, first, second] of [
      [disk, "disk_read_bytes_per_second", "disk_written_bytes_per_second"],
      [network, "network_receive_bytes_per_second", "network_transmit_bytes_per_second"],
    ] as const) {
      if (!deltas) continue;
      const [one = 0, two = 0] = sumOfDeltas(deltas.byKey.values(), 2);
      column(first, one / deltas.seconds);
      column(second, two / deltas.seconds);
    }
  }

  #measure(subject: Subject, values: Float64Array, context: CollectContext): Deltas | null {
    const counted = this.#counted.get(subject) ?? [];
    if (counted.length === 0) return null;
    const counters = new Map<string, [number, number]>();
    for (const { index, key, field } of counted) {
      const counts = counters.get(key) ?? [0, 0];
      counts[field] += values[index]!;
      counters.set(key, counts);
    }
    return this.#deltas.get(subject)!.measure(context, counters);
  }

  /** Of the writable ones; like df, without the space reserved for root. */
  #fullest(values: Float64Array): number {
    let fullest = Number.NaN;
    for (const filesystem of this.#filesystems) {
      const value = (field: keyof FilesystemSeries) => values[filesystem[field]] ?? Number.NaN;
      if (value("filesystem_readonly") === 1) continue;
      const used = value("filesystem_size_bytes") - value("filesystem_free_bytes");
      const available = value("filesystem_available_bytes");
      const percent = (100 * used) / (used + (Number.isNaN(available) ? value("filesystem_free_bytes") : available));
      if (!(percent <= fullest) && Number.isFinite(percent)) fullest = percent;
    }
    return fullest;
  }
}

/** Index of each series of a filesystem, -1 for none. */
const NO_FILESYSTEM = {
  filesystem_size_bytes: -1,
  filesystem_free_bytes: -1,
  filesystem_available_bytes: -1,
  filesystem_readonly: -1,
};
type FilesystemSeries = Readonly<typeof NO_FILESYSTEM>;

const AS_THEY_STAND = [
  "load1",
  "load5",
  "load15",
  "memory_total_bytes",
  "memory_available_bytes",
  "processes_running",
] as const satisfies readonly CoreMetric[];

function isCount(meaning: Count | Reading): meaning is Count {
  return meaning in COUNTS;
}

const LABEL = /([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

function valuesOf(block: string): Labels {
  return new Map(Array.from(block.matchAll(LABEL), ([, name, value]) => [name!, value!]));
}

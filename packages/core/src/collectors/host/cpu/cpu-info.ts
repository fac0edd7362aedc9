import { CloudMonitorError } from "../../../model/errors.ts";
import type { CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { textOf } from "../kernel-files/byte-name.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";

/** The file takes about 0.1 ms per CPU, most of it in the kernel; only the frequency changes. */
const PERIOD_MS = 5_000;
const HERTZ_PER_MEGAHERTZ = 1e6;
/** Label and field of the file. */
const INFO = {
  cachesize: "cache size",
  core: "core id",
  cpu: "processor",
  family: "cpu family",
  microcode: "microcode",
  model: "model",
  model_name: "model name",
  package: "physical id",
  stepping: "stepping",
  vendor: "vendor_id",
} as const;
export const INFO_LABELS = Object.keys(INFO);

export interface CpuInfoOptions {
  readonly flags: RegExp;
  readonly bugs: RegExp;
}

interface InfoSeries {
  readonly name: string;
  readonly labels: string;
  readonly value: number;
}

/** Models, frequencies, flags and known bugs of the CPUs, from /proc/cpuinfo. */
export class CpuInfo {
  readonly #series: RereadAfter<readonly InfoSeries[]>;

  constructor(file: ProcFile, options: CpuInfoOptions) {
    this.#series = new RereadAfter(PERIOD_MS, () => infoSeries(parseCpuInfo(file.lines()), options));
  }

  write(context: CollectContext, out: SampleWriter): void {
    for (const { name, labels, value } of this.#series.get(context)) out.series(name, labels, value);
  }
}

/** Fields of each processor, by name. Throws `COLLECT_FAILED` when there is no field `processor`. */
export function parseCpuInfo(text: string): ReadonlyMap<string, string>[] {
  const processors: Map<string, string>[] = [];
  for (const line of text.split("\n")) {
    const [, name, value] = /^([^:\t]+?)\s*:[ \t]*(.*)$/.exec(line) ?? [];
    if (name === "processor") processors.push(new Map());
    if (name !== undefined) processors.at(-1)?.set(name, textOf(value!));
  }
  if (processors.length > 0) return processors;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/cpuinfo has no field `processor`");
}

function infoSeries(processors: readonly ReadonlyMap<string, string>[], options: CpuInfoOptions): InfoSeries[] {
  const series: InfoSeries[] = [];
  for (const fields of processors) {
    const labels = Object.fromEntries(Object.entries(INFO).map(([label, field]) => [label, fields.get(field) ?? ""]));
    series.push({ name: "node_cpu_info", labels: labelBlock(labels), value: 1 });
    const megahertz = fields.get("cpu MHz") ?? "";
    if (!/^\d{1,9}(\.\d{1,9})?$/.test(megahertz)) continue;
    const place = { core: labels["core"]!, cpu: labels["cpu"]!, package: labels["package"]! };
    series.push({ name: "node_cpu_frequency_hertz", labels: labelBlock(place), value: hertzOf(megahertz) });
  }
  const [first] = processors;
  for (const flag of selectedWords(first!.get("flags"), options.flags))
    series.push({ name: "node_cpu_flag_info", labels: labelBlock({ flag }), value: 1 });
  for (const bug of selectedWords(first!.get("bugs"), options.bugs))
    series.push({ name: "node_cpu_bug_info", labels: labelBlock({ bug }), value: 1 });
  return series;
}

/** The words of the text that match, each once. */
function selectedWords(text: string | undefined, selected: RegExp): string[] {
  return [...new Set((text ?? "").split(" "))].filter((word) => word !== "" && selected.test(word));
}

function hertzOf(megahertz: string): number {
  return Number(megahertz) * HERTZ_PER_MEGAHERTZ;
}

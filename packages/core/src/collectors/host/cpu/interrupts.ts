import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { textOf } from "../kernel-files/byte-name.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { nameFilter } from "../kernel-files/name-filter.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

export const INTERRUPTS_SETTINGS = {
  interruptsExclude: {
    type: pattern,
    // Matches no text: none is ignored.
    fallback: "^$",
    help: "Interrupts, as `number;info;devices`, that the interrupts collector ignores, as a regular expression.",
    flag: "--collector.interrupts.name-exclude",
  },
  interruptsInclude: {
    type: pattern,
    fallback: "",
    help: "Interrupts, as `number;info;devices`, to which the interrupts collector is limited, as a regular expression; the setting of those to ignore has no effect then.",
    flag: "--collector.interrupts.name-include",
  },
} as const satisfies SettingDeclarations;

export const INTERRUPTS: HostCollectorDefinition<typeof INTERRUPTS_SETTINGS> = {
  name: "interrupts",
  isOffByDefault: true,
  families: families(
    { type: "counter", labels: ["cpu", "devices", "info", "type"] },
    { node_interrupts_total: "Interrupts served by the CPU, by number or kind." },
  ),
  settings: INTERRUPTS_SETTINGS,
  create: ({ files, options }) => new InterruptsCollector(files.file("interrupts"), options),
};

/** Interrupts by CPU and kind, /proc/interrupts, see proc_interrupts(5). A machine of 64 CPUs has thousands of series. */
export class InterruptsCollector implements HostCollector {
  readonly #file: ProcFile;
  /** Label blocks by line, in the order of its CPUs; the key has the CPUs, since one may go offline. */
  readonly #labels = new KeyedCache((key) => {
    const [cpus = "", type = "", info = "", devices = ""] = key.split("\0").map(textOf);
    return cpus.split(",").map((cpu) => labelBlock({ cpu, devices, info, type }));
  });

  readonly #isSelected: (name: string) => boolean;

  constructor(file: ProcFile, options: OptionsOf<typeof INTERRUPTS_SETTINGS>) {
    this.#file = file;
    this.#isSelected = nameFilter(options.interruptsInclude, options.interruptsExclude);
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const { cpus, interrupts } = parseInterrupts(this.#file.lines());
    const list = cpus.join(",");
    for (const { type, info, devices, counts } of interrupts) {
      if (!this.#isSelected(`${type};${info};${devices}`)) continue;
      const labels = this.#labels.get(`${list}\0${type}\0${info}\0${devices}`);
      counts.forEach((count, index) => out.series("node_interrupts_total", labels[index]!, count));
    }
    this.#labels.endReading();
  }
}

export interface Interrupts {
  readonly cpus: readonly string[];
  readonly interrupts: readonly Interrupt[];
}

export interface Interrupt {
  readonly type: string;
  readonly info: string;
  readonly devices: string;
  /** One per CPU. */
  readonly counts: readonly number[];
}

/** Lines without a count per CPU and a description (`ERR: 0`) are skipped. Throws `COLLECT_FAILED` without the headings `CPUn`. */
export function parseInterrupts(text: string): Interrupts {
  const [headings = "", ...lines] = text.split("\n");
  const cpus = [...headings.matchAll(/\bCPU(\d+)\b/g)].map(([, cpu]) => cpu!);
  if (cpus.length === 0) throw new CloudMonitorError("COLLECT_FAILED", "/proc/interrupts has no headings `CPUn`");
  return { cpus, interrupts: lines.flatMap((line) => parseLine(line, cpus.length) ?? []) };
}

function parseLine(line: string, cpus: number): Interrupt | null {
  const colon = line.indexOf(":");
  if (colon === -1) return null;
  const type = line.slice(0, colon).trim();
  const words = line
    .slice(colon + 1)
    .trim()
    .split(/\s+/);
  const counts = words.slice(0, cpus);
  if (words.length <= cpus || !counts.every((word) => /^\d{1,20}$/.test(word))) return null;
  const [first = "", ...rest] = words.slice(cpus);
  // The number of a line is of a device: controller, then its devices. Others have a description.
  const isDevice = /^\d+$/.test(type);
  return {
    type,
    info: isDevice ? first : [first, ...rest].join(" "),
    devices: isDevice ? rest.join(" ") : "",
    counts: counts.map(Number),
  };
}

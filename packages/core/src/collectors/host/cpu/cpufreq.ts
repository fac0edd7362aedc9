import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { AttributeFile } from "../kernel-files/attribute-file.ts";
import { byteNameOf } from "../kernel-files/byte-name.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { cpuNumbers } from "./cpu-numbers.ts";

/** Attribute in kHz and its family. */
const FREQUENCIES = [
  ["cpuinfo_avg_freq", "node_cpu_frequency_avg_hertz"],
  ["cpuinfo_cur_freq", "node_cpu_frequency_hertz"],
  ["cpuinfo_max_freq", "node_cpu_frequency_max_hertz"],
  ["cpuinfo_min_freq", "node_cpu_frequency_min_hertz"],
  ["scaling_cur_freq", "node_cpu_scaling_frequency_hertz"],
  ["scaling_max_freq", "node_cpu_scaling_frequency_max_hertz"],
  ["scaling_min_freq", "node_cpu_scaling_frequency_min_hertz"],
] as const;
const HERTZ_PER_KILOHERTZ = 1000;

export const CPUFREQ: HostCollectorDefinition = {
  name: "cpufreq",
  families: [
    ...families(
      { type: "gauge", labels: ["cpu"] },
      {
        node_cpu_frequency_avg_hertz: "Average frequency of the CPU since the last reading, by its own counters.",
        node_cpu_frequency_max_hertz: "Maximum frequency of the CPU.",
        node_cpu_frequency_min_hertz: "Minimum frequency of the CPU.",
        node_cpu_scaling_frequency_hertz: "Frequency of the CPU according to the kernel.",
        node_cpu_scaling_frequency_max_hertz: "Upper limit of the CPU's frequency scaling.",
        node_cpu_scaling_frequency_min_hertz: "Lower limit of the CPU's frequency scaling.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["cpu", "governor"] },
      { node_cpu_scaling_governor: "1 for the governor that scales the CPU's frequency, 0 for the others available." },
    ),
  ],
  settings: {},
  create: ({ options }) => new CpufreqCollector(options.sysfs),
};

/** CPUs are seldom switched on or off. */
const PERIOD_MS = 30_000;

interface CpuFiles {
  readonly cpu: string;
  readonly labels: string;
  readonly frequencies: readonly { readonly family: string; readonly file: AttributeFile }[];
  readonly governor: AttributeFile;
  readonly governors: AttributeFile;
}

/** Frequencies of the CPUs (Documentation/admin-guide/pm/cpufreq.rst); a virtual machine has nothing to read. */
export class CpufreqCollector implements HostCollector {
  readonly #folder: string;
  #cpus: readonly CpuFiles[] = [];
  #listedMs = Number.NEGATIVE_INFINITY;
  readonly #governors = new KeyedCache((key) => {
    const [cpu = "", governor = ""] = key.split(" ");
    return labelBlock({ cpu, governor });
  });

  constructor(sysfs: string) {
    this.#folder = join(byteNameOf(sysfs), "devices", "system", "cpu");
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    if (context.monotonicMs - this.#listedMs >= PERIOD_MS) this.#list(context.monotonicMs);
    for (const { cpu, labels, frequencies, governor: used, governors } of this.#cpus) {
      for (const { family, file } of frequencies) {
        const kilohertz = file.number();
        if (kilohertz !== null) out.series(family, labels, kilohertz * HERTZ_PER_KILOHERTZ);
      }
      const current = used.text();
      const available = governors.text();
      if (current === null || available === null) continue;
      for (const governor of available.split(/\s+/).filter((word) => word !== "")) {
        out.series(
          "node_cpu_scaling_governor",
          this.#governors.get(`${cpu} ${governor}`),
          governor === current ? 1 : 0,
        );
      }
    }
    this.#governors.endReading();
  }

  #list(nowMs: number): void {
    for (const { frequencies, governor, governors } of this.#cpus) {
      for (const file of [governor, governors, ...frequencies.map((one) => one.file)]) file.close();
    }
    this.#listedMs = nowMs;
    this.#cpus = cpuNumbers(this.#folder).map((cpu) => {
      const file = (attribute: string) => new AttributeFile(join(this.#folder, `cpu${cpu}`, "cpufreq", attribute));
      return {
        cpu,
        labels: labelBlock({ cpu }),
        frequencies: FREQUENCIES.map(([attribute, family]) => ({ family, file: file(attribute) })),
        governor: file("scaling_governor"),
        governors: file("scaling_available_governors"),
      };
    });
  }
}

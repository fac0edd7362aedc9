import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { integerOf } from "../kernel-files/sysfs.ts";

export const ENTROPY: HostCollectorDefinition = {
  name: "entropy",
  families: families(
    { type: "gauge", labels: [] },
    {
      node_entropy_available_bits: "Entropy available to the kernel's random number generator, in bits.",
      node_entropy_pool_size_bits: "Size of the kernel's entropy pool, in bits.",
    },
  ),
  settings: {},
  create: ({ files }) => new EntropyCollector(files),
};

/** The kernel's entropy pool, see random(4). */
export class EntropyCollector implements HostCollector {
  readonly #available: ProcFile;
  readonly #poolSize: ProcFile;

  constructor(files: HostFiles) {
    this.#available = files.file("sys", "kernel", "random", "entropy_avail");
    this.#poolSize = files.file("sys", "kernel", "random", "poolsize");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    out.series("node_entropy_available_bits", "", bitsIn(this.#available));
    out.series("node_entropy_pool_size_bits", "", bitsIn(this.#poolSize));
  }
}

function bitsIn(file: ProcFile): number {
  const bits = integerOf(file.text().trim());
  if (bits !== null && bits >= 0) return bits;
  throw new CloudMonitorError("COLLECT_FAILED", `${file.path} has no number`);
}

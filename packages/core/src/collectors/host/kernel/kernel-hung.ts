import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { integerOf } from "../kernel-files/sysfs.ts";

const HELP = "Tasks that the kernel found blocked for longer than its limit.";

export const KERNEL_HUNG: HostCollectorDefinition = {
  name: "kernel_hung",
  families: [
    // The name that the most used dashboard asks for.
    ...families(
      { type: "gauge", labels: [] },
      { node_kernel_hung_tasks: `${HELP} The same as node_kernel_hung_tasks_total.` },
    ),
    ...families({ type: "counter", labels: [] }, { node_kernel_hung_tasks_total: HELP }),
  ],
  settings: {},
  create: ({ files }) => new KernelHungCollector(files.file("sys", "kernel", "hung_task_detect_count")),
};

/** Hung tasks (Documentation/admin-guide/sysctl/kernel.rst); kernels before 6.13 have nothing to read. */
export class KernelHungCollector implements HostCollector {
  readonly #file: ProcFile;

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const text = this.#file.textIfThere();
    if (text === null) return;
    const tasks = integerOf(text.trim());
    if (tasks === null) throw new CloudMonitorError("COLLECT_FAILED", `${this.#file.path} has no number`);
    out.series("node_kernel_hung_tasks", "", tasks);
    out.series("node_kernel_hung_tasks_total", "", tasks);
  }
}

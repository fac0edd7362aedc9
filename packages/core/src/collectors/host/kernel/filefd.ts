import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

export const FILEFD: HostCollectorDefinition = {
  name: "filefd",
  families: families(
    { type: "gauge", labels: [] },
    {
      node_filefd_allocated: "Open files of all processes.",
      node_filefd_maximum: "Maximum number of open files of all processes.",
    },
  ),
  settings: {},
  create: ({ files }) => new FilefdCollector(files.file("sys", "fs", "file-nr")),
};

/** Open files of the host, /proc/sys/fs/file-nr (Documentation/admin-guide/sysctl/fs.rst). */
export class FilefdCollector implements HostCollector {
  readonly #file: ProcFile;

  constructor(file: ProcFile) {
    this.#file = file;
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const { allocated, maximum } = parseFileNumbers(this.#file.text());
    out.series("node_filefd_allocated", "", allocated);
    out.series("node_filefd_maximum", "", maximum);
  }
}

/** The first and the third of three numbers. Throws `COLLECT_FAILED` when there are not three. */
export function parseFileNumbers(text: string): { readonly allocated: number; readonly maximum: number } {
  const scan = new TextScanner(text);
  const [allocated, free, maximum] = [scan.number(), scan.number(), scan.number()];
  if (Number.isNaN(allocated + free + maximum))
    throw new CloudMonitorError("COLLECT_FAILED", "/proc/sys/fs/file-nr does not begin with three numbers");
  return { allocated, maximum };
}

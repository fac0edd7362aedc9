import { machine } from "node:os";
import { join } from "node:path";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { textOf } from "../kernel-files/byte-name.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { ProcFile } from "../kernel-files/proc-file.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";

/** A host's name may change while it runs; half a minute late is early enough. */
const PERIOD_MS = 30_000;

/** Label, and its file under /proc/sys/kernel: the same strings as from uname(2). */
const FILES = {
  domainname: "domainname",
  nodename: "hostname",
  release: "osrelease",
  sysname: "ostype",
  version: "version",
} as const;

export const UNAME: HostCollectorDefinition = {
  name: "uname",
  families: [
    ...families(
      { type: "gauge", labels: ["domainname", "machine", "nodename", "release", "sysname", "version"] },
      {
        node_uname_info: "Always 1; the labels describe the kernel and the host.",
      },
    ),
  ],
  settings: {},
  create: ({ options }) => new UnameCollector(options.procfs),
};

/** Names and versions of the kernel and the host. */
export class UnameCollector implements HostCollector {
  readonly #labels: RereadAfter<string>;

  constructor(procfs: string) {
    const kernel = join(procfs, "sys", "kernel");
    this.#labels = new RereadAfter(PERIOD_MS, () => readUname(kernel));
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    out.series("node_uname_info", this.#labels.get(context), 1);
  }
}

function readUname(kernel: string): string {
  const labels: Record<string, string> = { machine: machine() };
  for (const [label, name] of Object.entries(FILES)) {
    const file = new ProcFile(join(kernel, name));
    try {
      labels[label] = textOf(parseName(file.lines()));
    } finally {
      file.close();
    }
  }
  return labelBlock(labels);
}

/** The first line without its terminator. */
export function parseName(text: string): string {
  const newline = text.indexOf("\n");
  return newline === -1 ? text : text.slice(0, newline);
}

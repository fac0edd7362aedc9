import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { CloudMonitorError } from "../../../model/errors.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

export const UDP_QUEUES: HostCollectorDefinition = {
  name: "udp_queues",
  families: families(
    { type: "gauge", labels: ["ip", "queue"] },
    { node_udp_queues: "Bytes in the queues of all UDP sockets: `tx` to be sent, `rx` received and not yet read." },
  ),
  settings: {},
  create: ({ files }) => new UdpQueuesCollector(files),
};

/** Sums of the queues in /proc/net/udp and udp6 (Documentation/networking/proc_net_tcp.rst has their columns). */
export class UdpQueuesCollector implements HostCollector {
  /** A kernel may lack one of them. */
  readonly #sources: readonly { readonly ip: string; readonly file: ProcFile }[];

  constructor(files: HostFiles) {
    this.#sources = [
      { ip: "v4", file: files.file("net", "udp") },
      { ip: "v6", file: files.file("net", "udp6") },
    ];
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const read = this.#sources.map(({ ip, file }) => ({ ip, text: file.textIfThere() }));
    if (read.every(({ text }) => text === null)) {
      throw new CloudMonitorError("COLLECT_FAILED", `${this.#sources[0]!.file.path} cannot be read: ENOENT`);
    }
    for (const { ip, text } of read) {
      if (text === null) continue;
      const { rx, tx } = parseUdpQueues(text);
      out.series("node_udp_queues", `ip="${ip}",queue="rx"`, rx);
      out.series("node_udp_queues", `ip="${ip}",queue="tx"`, tx);
    }
  }
}

/** Bytes over all sockets; other lines are skipped. Throws `COLLECT_FAILED` without the line of headings. */
export function parseUdpQueues(text: string): { readonly rx: number; readonly tx: number } {
  if (!/^\s*sl\b/.test(text)) throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/udp has no headings");
  let rx = 0;
  let tx = 0;
  const row = /^\s*\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} [0-9A-F]{2} ([0-9A-F]{8}):([0-9A-F]{8})\b/gm;
  for (const [, sending, received] of text.matchAll(row)) {
    tx += Number.parseInt(sending!, 16);
    rx += Number.parseInt(received!, 16);
  }
  return { rx, tx };
}

import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { CloudMonitorError } from "../../../model/errors.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

/** Names by the number of the state, from 1 on (include/net/tcp_states.h of the kernel). */
const STATES = [
  "established",
  "syn_sent",
  "syn_recv",
  "fin_wait1",
  "fin_wait2",
  "time_wait",
  "close",
  "close_wait",
  "last_ack",
  "listen",
  "closing",
] as const;
const LABELS = STATES.map((state) => `state="${state}"`);
const QUEUES = { rx: "rx_queued_bytes", tx: "tx_queued_bytes" } as const;

export const TCPSTAT: HostCollectorDefinition = {
  name: "tcpstat",
  isOffByDefault: true,
  families: families(
    { type: "gauge", labels: ["state"] },
    {
      node_tcp_connection_states:
        "TCP sockets by state; bytes in their queues as `rx_queued_bytes` and `tx_queued_bytes`.",
    },
  ),
  settings: {},
  create: ({ files }) => new TcpstatCollector(files),
};

/** TCP sockets by state, from /proc/net/tcp and tcp6 (Documentation/networking/proc_net_tcp.rst): about 1 ms per thousand. */
export class TcpstatCollector implements HostCollector {
  readonly #ipv4: ProcFile;
  readonly #ipv6: ProcFile;

  constructor(files: HostFiles) {
    this.#ipv4 = files.file("net", "tcp");
    this.#ipv6 = files.file("net", "tcp6");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const counts = new TcpCounts();
    counts.add(this.#ipv4.text());
    const ipv6 = this.#ipv6.textIfThere();
    if (ipv6 !== null) counts.add(ipv6);
    counts.sockets.forEach((sockets, index) => {
      if (sockets > 0) out.series("node_tcp_connection_states", LABELS[index]!, sockets);
    });
    out.series("node_tcp_connection_states", `state="${QUEUES.rx}"`, counts.rxBytes);
    out.series("node_tcp_connection_states", `state="${QUEUES.tx}"`, counts.txBytes);
  }
}

const ROW = /^\s*\d+: [0-9A-F]+:[0-9A-F]{4} [0-9A-F]+:[0-9A-F]{4} ([0-9A-F]{2}) ([0-9A-F]{8}):([0-9A-F]{8})\b/gm;

/** Sums over the rows of several files. */
export class TcpCounts {
  /** In the order of STATES. */
  readonly sockets: number[] = STATES.map(() => 0);
  rxBytes = 0;
  txBytes = 0;

  /** Other lines are skipped. Throws `COLLECT_FAILED` without the line of headings. */
  add(text: string): void {
    if (!/^\s*sl\b/.test(text)) throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/tcp has no headings");
    for (const [, state, sending, received] of text.matchAll(ROW)) {
      const index = Number.parseInt(state!, 16) - 1;
      // A request for a connection (12, TCP_NEW_SYN_RECV) is shown as syn_recv.
      if (index >= 0 && index < STATES.length) this.sockets[index]!++;
      this.txBytes += Number.parseInt(sending!, 16);
      this.rxBytes += Number.parseInt(received!, 16);
    }
  }
}

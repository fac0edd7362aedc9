import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import { pageBytes } from "../kernel-files/page-bytes.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { TextScanner } from "../kernel-files/text-scanner.ts";

/** The one field in pages; the memory of fragments is in bytes. */
const PAGES = "mem";

export const SOCKSTAT: HostCollectorDefinition = {
  name: "sockstat",
  families: families(
    { type: "gauge", labels: [] },
    {
      "node_sockstat_{field}":
        "Sockets of the protocol, or its memory in pages (`mem`) or bytes (`mem_bytes`, `memory`), from /proc/net/sockstat.",
      node_sockstat_sockets_used: "Sockets in use, of all protocols.",
    },
  ),
  settings: {},
  create: ({ files }) => new SockstatCollector(files),
};

/** Sockets by protocol, /proc/net/sockstat and sockstat6 (net/ipv4/proc.c, net/ipv6/proc.c of the kernel). */
export class SockstatCollector implements HostCollector {
  readonly #ipv4: ProcFile;
  readonly #ipv6: ProcFile;
  readonly #names = new KeyedCache((key) => `node_sockstat_${key}`);

  constructor(files: HostFiles) {
    this.#ipv4 = files.file("net", "sockstat");
    this.#ipv6 = files.file("net", "sockstat6");
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    // Without IPv6 there is no second file.
    for (const text of [this.#ipv4.text(), this.#ipv6.textIfThere() ?? ""]) {
      for (const { protocol, field, value } of parseSockstat(text)) {
        out.series(this.#names.get(`${protocol}_${field}`), "", value);
        if (field === PAGES) out.series(this.#names.get(`${protocol}_mem_bytes`), "", value * pageBytes());
      }
    }
    this.#names.endReading();
  }
}

export interface SocketCount {
  readonly protocol: string;
  readonly field: string;
  readonly value: number;
}

/** Lines `protocol: field number ...`; others are skipped. Throws `COLLECT_FAILED` when a text that is not empty has none. */
export function parseSockstat(text: string): SocketCount[] {
  const counts: SocketCount[] = [];
  for (const scan = new TextScanner(text); !scan.done; scan.nextLine()) {
    const protocol = scan.before(":");
    if (!/^[A-Za-z]\w*$/.test(protocol)) continue;
    for (let field = scan.word(); /^[a-z]\w*$/.test(field); field = scan.word()) {
      const value = scan.number();
      if (!Number.isNaN(value)) counts.push({ protocol, field, value });
    }
  }
  if (counts.length > 0 || text === "") return counts;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/sockstat has no line `protocol: field <number>`");
}

import { CloudMonitorError } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import { KeyedCache } from "../kernel-files/keyed-cache.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";

/** The same as in node_exporter 1.12, of about 300 fields, and Tcp_MaxConn, which its most used dashboard asks for. */
export const NETSTAT_SETTINGS = {
  netstatFields: {
    type: pattern,
    fallback:
      "^(.*_(InErrors|InErrs)|Ip_Forwarding|Ip(6|Ext)_(InOctets|OutOctets)|Icmp6?_(InMsgs|OutMsgs)|" +
      "TcpExt_(Listen.*|Syncookies.*|TCPSynRetrans|TCPTimeouts|TCPOFOQueue|TCPRcvQDrop)|" +
      "Tcp_(ActiveOpens|InSegs|OutSegs|OutRsts|PassiveOpens|RetransSegs|CurrEstab|MaxConn)|" +
      "Udp6?_(InDatagrams|OutDatagrams|NoPorts|RcvbufErrors|SndbufErrors))$",
    help: "Fields of /proc/net/{netstat,snmp,snmp6} to serve, as a regular expression for `protocol_field`.",
    flag: "--collector.netstat.fields",
  },
} as const satisfies SettingDeclarations;

export const NETSTAT: HostCollectorDefinition<typeof NETSTAT_SETTINGS> = {
  name: "netstat",
  families: families(
    { type: "untyped", labels: [] },
    {
      "node_netstat_{field}":
        "The counter of the protocol with this name, from /proc/net/netstat, /proc/net/snmp or /proc/net/snmp6.",
    },
  ),
  settings: NETSTAT_SETTINGS,
  create: ({ files, options }) => new NetstatCollector(files, options),
};

/** Counters of the network protocols (Documentation/networking/snmp_counter.rst). */
export class NetstatCollector implements HostCollector {
  readonly #netstat: ProcFile;
  readonly #snmp: ProcFile;
  readonly #snmp6: ProcFile;
  /** Family of `protocol_field`; null for one that is not served. */
  readonly #families: KeyedCache<string | null>;

  constructor(files: HostFiles, { netstatFields }: OptionsOf<typeof NETSTAT_SETTINGS>) {
    this.#netstat = files.file("net", "netstat");
    this.#snmp = files.file("net", "snmp");
    this.#snmp6 = files.file("net", "snmp6");
    this.#families = new KeyedCache((key) => {
      return netstatFields.test(key) && /^\w+$/.test(key) ? `node_netstat_${key}` : null;
    });
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const write = (key: string, value: number) => {
      const family = this.#families.get(key);
      if (family !== null) out.series(family, "", value);
    };
    for (const [key, value] of parseNetstat(this.#netstat.text())) write(key, value);
    for (const [key, value] of parseNetstat(this.#snmp.text())) write(key, value);
    // Without IPv6 there is no such file.
    for (const [key, value] of parseSnmp6(this.#snmp6.textIfThere() ?? "")) write(key, value);
    this.#families.endReading();
  }
}

/**
 * Pairs of lines, `protocol: names` and `protocol: numbers`, by `protocol_field`. A pair that does not match is skipped.
 * Throws `COLLECT_FAILED` when there is no other.
 */
export function parseNetstat(text: string): Map<string, number> {
  const fields = new Map<string, number>();
  const lines = text.split("\n");
  for (let line = 0; line + 1 < lines.length; line += 2) {
    const names = lines[line]!.split(" ");
    const values = lines[line + 1]!.split(" ");
    const protocol = names[0]!.slice(0, -1);
    if (names.length !== values.length || values[0] !== names[0] || !/^\w+$/.test(protocol)) continue;
    for (let i = 1; i < names.length; i++) add(fields, `${protocol}_${names[i]!}`, values[i]!);
  }
  if (fields.size > 0) return fields;
  throw new CloudMonitorError("COLLECT_FAILED", "/proc/net/netstat or snmp has no pair of lines `protocol: ...`");
}

/** Lines `Icmp6InMsgs 7` by `protocol_field`; others are skipped. */
export function parseSnmp6(text: string): Map<string, number> {
  const fields = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, protocol, field, value] = /^(\w*?6)(\w+)\s+(\S+)\s*$/.exec(line) ?? [];
    if (protocol !== undefined) add(fields, `${protocol}_${field!}`, value!);
  }
  return fields;
}

function add(fields: Map<string, number>, key: string, value: string): void {
  // -1 stands for no limit.
  if (/^-?\d{1,20}$/.test(value)) fields.set(key, Number(value));
}

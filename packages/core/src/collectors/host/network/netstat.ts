import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { OptionsOf, SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { pattern } from "../../../model/setting/values/pattern.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { NetstatLines, NetstatPairs } from "./netstat-columns.ts";

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
  readonly #netstatPairs: NetstatPairs;
  readonly #snmpPairs: NetstatPairs;
  readonly #snmp6Lines: NetstatLines;

  constructor(files: HostFiles, { netstatFields }: OptionsOf<typeof NETSTAT_SETTINGS>) {
    this.#netstat = files.file("net", "netstat");
    this.#snmp = files.file("net", "snmp");
    this.#snmp6 = files.file("net", "snmp6");
    const familyOf = (key: string) => (netstatFields.test(key) && /^\w+$/.test(key) ? `node_netstat_${key}` : null);
    this.#netstatPairs = new NetstatPairs(familyOf);
    this.#snmpPairs = new NetstatPairs(familyOf);
    this.#snmp6Lines = new NetstatLines(familyOf);
  }

  collect(_instance: InstanceRef, _context: CollectContext, out: SampleWriter): void {
    const write = (family: string, value: number) => out.series(family, "", value);
    this.#netstatPairs.read(this.#netstat.text(), write);
    this.#snmpPairs.read(this.#snmp.text(), write);
    // Without IPv6 there is no such file.
    this.#snmp6Lines.read(this.#snmp6.textIfThere() ?? "", write);
  }
}

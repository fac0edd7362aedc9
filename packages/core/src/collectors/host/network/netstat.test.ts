import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { FIXTURES, ScratchFolder, collectOnce, filesOfTest, tickAt } from "../testing/collect-once.ts";
import { NETSTAT_SETTINGS, NetstatCollector } from "./netstat.ts";
import { NetstatLines, NetstatPairs } from "./netstat-columns.ts";

/** All fields of a text, by `protocol_field`. */
function fieldsOf(reader: NetstatPairs | NetstatLines, text: string): Map<string, number> {
  const fields = new Map<string, number>();
  reader.read(text, (key, value) => void fields.set(key, value));
  return fields;
}

const all = (key: string) => key;
const parseNetstat = (text: string) => fieldsOf(new NetstatPairs(all), text);
const parseSnmp6 = (text: string) => fieldsOf(new NetstatLines(all), text);

test("reads pairs of lines by protocol and field, also a limit of -1", () => {
  const fields = parseNetstat(
    "Tcp: MaxConn InErrs\nTcp: -1 5\nBad: a b\nBad: 1\nOdd: a\nEven: 1\nUdp: InErrors\nUdp: 7",
  );

  expect(Object.fromEntries(fields)).toEqual({ Tcp_MaxConn: -1, Tcp_InErrs: 5, Udp_InErrors: 7 });
});

test.each(["", "Tcp: InErrs\n", "Tcp: InErrs\nTcp: many\n"])("%p is refused", (text) => {
  expect(() => parseNetstat(text)).toThrow("no pair of lines");
});

test("the protocol of snmp6 ends with the first 6", () => {
  const fields = parseSnmp6("Ip6InOctets   460\nIcmp6OutType136\t2\nUdpLite6InErrors 0\nnothing 3\nIp6InReceives x\n");

  expect(Object.fromEntries(fields)).toEqual({ Ip6_InOctets: 460, Icmp6_OutType136: 2, UdpLite6_InErrors: 0 });
});

test("follows names that change, move or disappear between two readings", () => {
  const pairs = new NetstatPairs(all);
  const lines = new NetstatLines(all);
  const ofPairs = ["Tcp: A B\nTcp: 1 2\n", "Udp: C\nUdp: 3\nTcp: A B\nTcp: 4 5\n", "Tcp: B A\nTcp: 6 7\n"].map((text) =>
    Object.fromEntries(fieldsOf(pairs, text)),
  );
  const ofLines = ["Ip6A 1\nIp6B 2\n", "Ip6B 3\n", "Ip6BC 4\nIp6A\t5\n"].map((text) =>
    Object.fromEntries(fieldsOf(lines, text)),
  );

  expect(ofPairs).toEqual([
    { Tcp_A: 1, Tcp_B: 2 },
    { Udp_C: 3, Tcp_A: 4, Tcp_B: 5 },
    { Tcp_B: 6, Tcp_A: 7 },
  ]);
  expect(ofLines).toEqual([{ Ip6_A: 1, Ip6_B: 2 }, { Ip6_B: 3 }, { Ip6_BC: 4, Ip6_A: 5 }]);
});

test.each([
  ["proc/net/netstat", parseNetstat],
  ["proc/net/snmp", parseNetstat],
  ["proc/net/snmp6", parseSnmp6],
])("any text in place of %s gives finite values, or an error", (fixture, parse) => {
  expectFiniteNumbers(fixture, parse, (fields) => fields.values());
});

test("serves the fields of the setting, and without IPv6 those of the other files", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));
  using folder = new ScratchFolder();
  folder.write("net/netstat", "IpExt: InOctets\nIpExt: 1\n");
  folder.write("net/snmp", "Tcp: MaxConn Other\nTcp: -1 2\n");
  const netstatFields = new RegExp(NETSTAT_SETTINGS.netstatFields.fallback);

  const whole = collectOnce(new NetstatCollector(files, { netstatFields }), tickAt(0)).written;
  const few = collectOnce(new NetstatCollector(folder.files, { netstatFields }), tickAt(0)).samples;

  expect(whole).toHaveLength(42);
  expect(Object.fromEntries(few)).toEqual({ node_netstat_IpExt_InOctets: 1, node_netstat_Tcp_MaxConn: -1 });
});

import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { FIXTURES, ScratchFolder, collectOnce, filesOfTest, tickAt } from "../testing/collect-once.ts";
import { NETSTAT_SETTINGS, NetstatCollector, parseNetstat, parseSnmp6 } from "./netstat.ts";

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

  const all = collectOnce(new NetstatCollector(files, { netstatFields }), tickAt(0)).written;
  const few = collectOnce(new NetstatCollector(folder.files, { netstatFields }), tickAt(0)).samples;

  expect(all).toHaveLength(42);
  expect(Object.fromEntries(few)).toEqual({ node_netstat_IpExt_InOctets: 1, node_netstat_Tcp_MaxConn: -1 });
});

import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { FIXTURES, ScratchFolder, collectOnce, filesOfTest, tickAt } from "../testing/collect-once.ts";
import { ArpCollector, parseArp } from "./arp.ts";
import { ConntrackCollector, parseConntrack } from "./conntrack.ts";
import { parseSoftnet } from "./softnet.ts";
import { TcpCounts, TcpstatCollector } from "./tcpstat.ts";
import { UdpQueuesCollector, parseUdpQueues } from "./udp-queues.ts";

const ARP = "IP address       HW type     Flags       HW address            Mask     Device\n";
const UDP = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when\n";
const TCP = "  sl  local_address rem_address   st tx_queue rx_queue\n";

test("ARP entries are counted by interface, whatever its name", () => {
  const text = `${ARP}10.0.0.1 0x1 0x2 aa:bb:cc:dd:ee:ff * eth0\n10.0.0.2 0x1 0x0 00:00:00:00:00:00 * eth0\n10.0.0.3 0x1 0x2 aa:aa:aa:aa:aa:aa * caf\xe9\nodd line\n`;

  expect([...parseArp(text)]).toEqual([
    ["eth0", 2],
    ["caf\xe9", 1],
  ]);
  expect(() => parseArp("10.0.0.1 0x1 0x2 aa:bb:cc:dd:ee:ff * eth0\n")).toThrow("no headings");
});

test("an ARP table without entries has no series, and one that is not there is an error", () => {
  using folder = new ScratchFolder();
  const collector = new ArpCollector(folder.files.file("net", "arp"), {
    arpDevicesInclude: /(?!)/,
    arpDevicesExclude: /^$/,
  });

  expect(() => collectOnce(collector, tickAt(0))).toThrow("net/arp cannot be read: ENOENT");
  folder.write("net/arp", ARP);
  expect(collectOnce(collector, tickAt(1)).written).toEqual([]);
});

test("connection tracking is summed over the CPUs, by the headings of the kernel", () => {
  const sums = parseConntrack("entries found drop new_in_linux_9\n10 1 a ff\n10 2 b 1\ntruncated 3\n");

  expect(Object.fromEntries(sums)).toEqual({ found: 3, drop: 21 });
});

test.each(["", "entries found\n", "entries found\n10\n", "entries found\nx y\n"])(
  "%p is no connection tracking",
  (text) => {
    expect(() => parseConntrack(text)).toThrow("no row of hexadecimal numbers");
  },
);

test("without connection tracking there is nothing to read; without its statistics, its numbers", () => {
  using folder = new ScratchFolder();
  const collector = new ConntrackCollector(folder.files, folder.path);
  const absent = collectOnce(collector, tickAt(0)).written;
  folder.write("sys/net/netfilter/nf_conntrack_count", "5\n");
  folder.write("sys/net/netfilter/nf_conntrack_max", "9\n");

  expect(absent).toEqual([]);
  expect(Object.fromEntries(collectOnce(collector, tickAt(1)).samples)).toEqual({
    node_nf_conntrack_entries: 5,
    node_nf_conntrack_entries_limit: 9,
  });
});

test("softnet rows of old kernels are numbered, those of new ones name their CPU", () => {
  const old = parseSoftnet("00000010 00000001 00000002\n00000020 0 0\n");
  const current = parseSoftnet(
    "00000010 00000001 00000002 0 0 0 0 0 00000003 00000004 00000005 00000006 00000007 0 0\nnot hex\n",
  );

  expect(old).toEqual([
    { cpu: "0", values: [16, 1, 2, 0, 0, 0, 0] },
    { cpu: "1", values: [32, 0, 0, 0, 0, 0, 0] },
  ]);
  expect(current).toEqual([{ cpu: "7", values: [16, 1, 2, 3, 4, 5, 6] }]);
  expect(() => parseSoftnet("1 2\n")).toThrow("no line with hexadecimal numbers");
});

test("UDP queues are summed over all sockets", () => {
  const row = (queues: string) => `  1: 00000000:0016 00000000:0000 0A ${queues} 00:00000000 00000000 0 0 2740 1 0\n`;

  expect(parseUdpQueues(UDP + row("00000015:00000002") + "odd\n" + row("00000001:000000FF"))).toEqual({
    tx: 22,
    rx: 257,
  });
  expect(parseUdpQueues(UDP)).toEqual({ tx: 0, rx: 0 });
  expect(() => parseUdpQueues("")).toThrow("no headings");
});

test("a kernel without IPv6 has the queues of IPv4, and without both there is an error", () => {
  using folder = new ScratchFolder();
  expect(() => collectOnce(new UdpQueuesCollector(folder.files), tickAt(0))).toThrow("net/udp cannot be read: ENOENT");
  folder.write("net/udp", UDP);

  expect([...collectOnce(new UdpQueuesCollector(folder.files), tickAt(0)).samples.keys()]).toEqual([
    'node_udp_queues{ip="v4",queue="rx"}',
    'node_udp_queues{ip="v4",queue="tx"}',
  ]);
});

test("TCP sockets are counted by state over both families, with the bytes in their queues", () => {
  using files = filesOfTest(join(FIXTURES, "proc"));

  expect(Object.fromEntries(collectOnce(new TcpstatCollector(files), tickAt(0)).samples)).toEqual({
    'node_tcp_connection_states{state="established"}': 1,
    'node_tcp_connection_states{state="listen"}': 2,
    'node_tcp_connection_states{state="rx_queued_bytes"}': 3,
    'node_tcp_connection_states{state="time_wait"}': 1,
    'node_tcp_connection_states{state="tx_queued_bytes"}': 16,
  });
});

test("a state that a later kernel adds is not counted, its queues are", () => {
  const counts = new TcpCounts();

  counts.add(`${TCP}   0: 00000000:0016 00000000:0000 0D 00000001:00000002 00\n`);

  expect([counts.sockets.some((sockets) => sockets > 0), counts.txBytes, counts.rxBytes]).toEqual([false, 1, 2]);
});

test.each([
  ["proc/net/arp", parseArp, (entries: ReadonlyMap<string, number>) => entries.values()],
  ["proc/net/stat/nf_conntrack", parseConntrack, (sums: ReadonlyMap<string, number>) => sums.values()],
] as const)("any text in place of %s gives finite values, or an error", (fixture, parse, numbersOf) => {
  expectFiniteNumbers(fixture, parse, numbersOf);
});

test("any text in place of the others gives finite values, or an error", () => {
  expectFiniteNumbers("proc/net/softnet_stat", parseSoftnet, (rows) => rows.flatMap(({ values }) => values));
  expectFiniteNumbers("proc/net/udp", parseUdpQueues, ({ rx, tx }) => [rx, tx]);
  expectFiniteNumbers("proc/net/tcp", countTcp, ({ rxBytes, sockets, txBytes }) => [...sockets, rxBytes, txBytes]);
});

function countTcp(text: string): TcpCounts {
  const counts = new TcpCounts();
  counts.add(text);
  return counts;
}

import { expect, test } from "@jest/globals";
import { pageBytes, pageBytesIn } from "../kernel-files/page-bytes.ts";
import { expectFiniteNumbers } from "../testing/any-text.ts";
import { ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { SockstatCollector, parseSockstat } from "./sockstat.ts";

test("reads fields by protocol, and skips what is none", () => {
  expect(parseSockstat("sockets: used 229\nTCP: inuse 4 mem x alloc 17\n: a 1\nno colon 3\n")).toEqual([
    { protocol: "sockets", field: "used", value: 229 },
    { protocol: "TCP", field: "inuse", value: 4 },
    { protocol: "TCP", field: "alloc", value: 17 },
  ]);
});

test.each(["\n", "TCP:\n", "TCP: inuse\n"])("%p is refused", (text) => {
  expect(() => parseSockstat(text)).toThrow("/proc/net/sockstat has no line");
});

test("any text gives finite values, or an error", () => {
  expectFiniteNumbers("proc/net/sockstat", parseSockstat, (counts) => counts.map(({ value }) => value));
});

test("memory is served in pages and in bytes, and IPv6 may be missing", () => {
  using folder = new ScratchFolder();
  folder.write("net/sockstat", "UDP: inuse 2 mem 3\n");

  const { samples } = collectOnce(new SockstatCollector(folder.files), tickAt(0));

  expect(Object.fromEntries(samples)).toEqual({
    node_sockstat_UDP_inuse: 2,
    node_sockstat_UDP_mem: 3,
    node_sockstat_UDP_mem_bytes: 3 * pageBytes(),
  });
});

test("the size of a page is in the auxiliary vector", () => {
  const vector = new BigUint64Array([16n, 1n, 6n, 65_536n, 0n, 0n]);

  expect(pageBytesIn(Buffer.from(vector.buffer))).toBe(65_536);
  expect([pageBytesIn(Buffer.alloc(0)), pageBytesIn(Buffer.alloc(15))]).toEqual([null, null]);
  expect([4096, 16_384, 65_536]).toContain(pageBytes());
});

import { writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { NetdevCollector, parseNetDev } from "./netdev.ts";
import { ScratchFolder, collectOnce, damaged, refreshAt, tickAt, valuesOrRefusal } from "../testing/collect-once.ts";

const HEADINGS = "Inter-|   Receive   |  Transmit\n face |bytes    packets |bytes packets\n";
const NOTHING_EXCLUDED = /^$/;

test("reads the sixteen columns, with or without a space after the name", () => {
  const interfaces = parseNetDev(
    `${HEADINGS}  lo:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0: 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0\n`,
  );

  expect(interfaces).toEqual([
    { device: "lo", counters: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] },
    { device: "eth0", counters: [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0] },
  ]);
});

test.each(["", "eth0: 1 2 3\n", `${HEADINGS}eth0: 1 2 3\n`, "eth0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"])(
  "%p has no interface",
  (text) => {
    expect(() => parseNetDev(text)).toThrow("16 numbers");
  },
);

test("headings alone are a list of no interfaces", () => {
  expect(parseNetDev(HEADINGS)).toEqual([]);
});

test("any text gives complete rows of finite counters, or an error", () => {
  fc.assert(
    fc.property(damaged("proc/net/dev"), (text) => {
      for (const { device, counters } of valuesOrRefusal(() => parseNetDev(text)) ?? []) {
        expect(device).not.toBe("");
        expect(counters).toHaveLength(16);
        expect(counters.every((value) => value >= 0 && Number.isFinite(value))).toBe(true);
      }
    }),
  );
});

test("rates are over the interfaces that count, without lo, between ticks only", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.write({ lo: [0, 0], eth0: [1000, 500], eth1: [0, 0] });
  const first = collectOnce(machine.collector, tickAt(0));
  machine.write({ lo: [9e9, 9e9], eth0: [6000, 500], eth1: [5000, 50] });
  const refreshed = collectOnce(machine.collector, refreshAt(4000));

  const second = collectOnce(machine.collector, tickAt(5000));

  expect(first.columns.size + refreshed.columns.size).toBe(0);
  expect(second.core("network_receive_bytes_per_second")).toBe(2000);
  expect(second.core("network_transmit_bytes_per_second")).toBe(10);
});

test("the counter that only sysfs has is served where there is one", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.folder.write("sys/class/net/eth0/statistics/rx_nohandler", "18446744073709551615\n");
  machine.folder.write("dev", `${HEADINGS}${["lo", "eth0"].map((name) => `${name}: ${"1 ".repeat(16)}\n`).join("")}`);

  const { samples } = collectOnce(machine.collector, tickAt(0));

  expect([...samples].filter(([name]) => name.includes("nohandler"))).toEqual([
    ['node_network_receive_nohandler_total{device="eth0"}', 2 ** 64],
  ]);
});

test("an excluded interface is neither served nor counted", () => {
  using machine = new Machine(/^veth/);
  machine.write({ eth0: [0, 0], veth1: [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.write({ eth0: [10, 10], veth1: [1e6, 1e6] });

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.core("network_receive_bytes_per_second")).toBe(10);
  expect(out.written.filter(({ labels }) => labels.includes("veth1"))).toEqual([]);
});

test("a byte that passes a card, a bridge and a pair counts once, and the series say where", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.write({ lo: [0, 0], eth0: [0, 0], br0: [0, 0], veth1a2b3c4: [0, 0], docker0: [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  const all = [1_000_000, 2_000_000] as const;
  machine.write({ lo: all, eth0: all, br0: all, veth1a2b3c4: all, docker0: all });

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.core("network_receive_bytes_per_second")).toBe(1_000_000);
  expect(out.core("network_transmit_bytes_per_second")).toBe(2_000_000);
  const counted = out.written.filter(({ name }) => name === "node_network_counted");
  expect(counted.map(({ labels, value }) => [labels, value])).toEqual([
    ['device="lo"', 0],
    ['device="eth0"', 1],
    ['device="br0"', 0],
    ['device="veth1a2b3c4"', 0],
    ['device="docker0"', 0],
  ]);
});

test("an interface whose counters were reset is excluded from that tick, the others count", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.write({ eth0: [0, 0], eth1: [5000, 5000] });
  collectOnce(machine.collector, tickAt(0));
  machine.write({ eth0: [1_000_000, 500], eth1: [0, 6000] });

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.core("network_receive_bytes_per_second")).toBe(1_000_000);
  expect(out.core("network_transmit_bytes_per_second")).toBe(500);
});

test("a card that is plugged in counts from its second tick on", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.folder.write("sys/class/net/eth0/device", "");
  machine.write({ eth0: [0, 0], wg0: [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.folder.write("sys/class/net/usb0/device", "");
  machine.write({ eth0: [10, 0], wg0: [10, 0], usb0: [900, 0] });
  const plugged = collectOnce(machine.collector, tickAt(1000));
  machine.write({ eth0: [20, 0], wg0: [20, 0], usb0: [905, 0] });

  const after = collectOnce(machine.collector, tickAt(2000));

  expect([plugged, after].map((out) => out.core("network_receive_bytes_per_second"))).toEqual([10, 15]);
});

test("an interface stacked on another one on a bus stops being counted within a minute", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  for (const name of ["eth0", "enP1s1"]) machine.folder.write(`sys/class/net/${name}/device`, "");
  machine.write({ eth0: [0, 0], enP1s1: [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.folder.write("sys/class/net/enP1s1/upper_eth0", "");
  machine.write({ eth0: [5, 0], enP1s1: [5, 0] });
  const before = collectOnce(machine.collector, tickAt(59_000));
  collectOnce(machine.collector, tickAt(60_000));
  machine.write({ eth0: [15, 0], enP1s1: [15, 0] });

  const after = collectOnce(machine.collector, tickAt(61_000));

  const counted = (out: typeof after) => out.samples.get('node_network_counted{device="enP1s1"}');
  expect([counted(before), counted(after)]).toEqual([1, 0]);
  expect(after.core("network_receive_bytes_per_second")).toBe(10);
});

test("two interfaces whose names are no UTF-8 are two series, and both count", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.write({ "en\xff": [0, 0], "en\xfe": [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.write({ "en\xff": [1, 0], "en\xfe": [20, 0] });

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.samples.get('node_network_receive_bytes_total{device="en\uFFFD"}')).toBe(1);
  expect(out.samples.get('node_network_receive_bytes_total{device="en\uFFFD<FE>"}')).toBe(20);
  expect(out.core("network_receive_bytes_per_second")).toBe(21);
});

test("errors are served under both names", () => {
  using machine = new Machine(NOTHING_EXCLUDED);
  machine.folder.write("dev", "eth0: 1 2 33 4 5 6 7 8 9 10 44 12 13 14 15 16\n");

  const { samples } = collectOnce(machine.collector, tickAt(0));

  expect(samples.get('node_network_receive_errs_total{device="eth0"}')).toBe(33);
  expect(samples.get('node_network_receive_errors_total{device="eth0"}')).toBe(33);
  expect(samples.get('node_network_transmit_errors_total{device="eth0"}')).toBe(44);
});

class Machine {
  readonly folder = new ScratchFolder();
  readonly collector: NetdevCollector;

  constructor(exclude: RegExp) {
    const { files, path } = this.folder;
    this.collector = new NetdevCollector(files.file("dev"), {
      sysfs: `${path}/sys`,
      networkDevicesInclude: /(?!)/,
      networkDevicesExclude: exclude,
    });
  }

  /** Bytes received and sent, by interface. */
  write(traffic: Record<string, readonly [number, number]>): void {
    const lines = Object.entries(traffic).map(
      ([name, [received, sent]]) => `${name}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`,
    );
    writeFileSync(this.folder.write("dev", ""), Buffer.from(HEADINGS + lines.join(""), "latin1"));
  }

  [Symbol.dispose](): void {
    this.folder[Symbol.dispose]();
  }
}

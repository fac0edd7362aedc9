import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { NetdevCollector, parseNetDev } from "./netdev.ts";
import { ProcFile } from "./proc-file.ts";
import { ScratchFolder, collectOnce, damaged, refreshAt, tickAt, valuesOrRefusal } from "./collector.fixture.ts";

const HEADINGS = "Inter-|   Receive   |  Transmit\n face |bytes    packets |bytes packets\n";
const NOTHING_EXCLUDED = /^$/;

test("reads the sixteen columns, with or without a blank behind the name", () => {
  const interfaces = parseNetDev(
    `${HEADINGS}  lo:1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\neth0: 1 0 0 0 0 0 0 0 2 0 0 0 0 0 0 0\n`,
  );

  expect(interfaces).toEqual([
    { device: "lo", counters: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] },
    { device: "eth0", counters: [1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0] },
  ]);
});

test.each(["", HEADINGS, "eth0: 1 2 3\n", "eth0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16\n"])(
  "%p has no interface",
  (text) => {
    expect(() => parseNetDev(text)).toThrow("16 numbers");
  },
);

test("any text gives whole rows of finite counters, or a refusal", () => {
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

test("rates are over all interfaces but lo, between ticks only", () => {
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

test("an excluded interface is neither served nor counted", () => {
  using machine = new Machine(/^veth/);
  machine.write({ eth0: [0, 0], veth1: [0, 0] });
  collectOnce(machine.collector, tickAt(0));
  machine.write({ eth0: [10, 10], veth1: [1e6, 1e6] });

  const out = collectOnce(machine.collector, tickAt(1000));

  expect(out.core("network_receive_bytes_per_second")).toBe(10);
  expect(out.written.filter(({ labels }) => labels.includes("veth1"))).toEqual([]);
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
    this.collector = new NetdevCollector(new ProcFile(`${this.folder.path}/dev`), exclude);
  }

  /** Bytes received and sent, by interface. */
  write(traffic: Record<string, readonly [number, number]>): void {
    const lines = Object.entries(traffic).map(
      ([name, [received, sent]]) => `${name}: ${received} 0 0 0 0 0 0 0 ${sent} 0 0 0 0 0 0 0\n`,
    );
    this.folder.write("dev", HEADINGS + lines.join(""));
  }

  [Symbol.dispose](): void {
    this.collector.close();
    this.folder[Symbol.dispose]();
  }
}

import { renameSync, writeFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { BondingCollector } from "./bonding.ts";
import { NetclassCollector } from "./netclass.ts";

const OPTIONS = { netclassDevicesIgnored: /^$/, netclassIgnoreInvalidSpeed: false };

test("serves what the interface has, and a change of its state under new labels", () => {
  using folder = new ScratchFolder();
  const own = (attribute: string, text: string) => folder.write(`class/net/eth0/${attribute}`, text);
  own("ifindex", "2\n");
  own("flags", "0x1003\n");
  own("dev_id", "0x20\n");
  own("speed", "-1\n");
  own("operstate", "up\n");
  own("ifalias", "uplink\n");
  folder.write("class/net/bonding_masters", "\n");
  const collector = new NetclassCollector({ ...OPTIONS, sysfs: folder.path });

  const { samples } = collectOnce(collector, tickAt(0));
  own("operstate", "down\n");
  own("flags", "0x1002\n");
  const down = [...collectOnce(collector, tickAt(1)).samples.keys()].find((key) => key.startsWith("node_network_info"));

  expect(Object.fromEntries(samples)).toEqual({
    'node_network_device_id{device="eth0"}': 32,
    'node_network_flags{device="eth0"}': 4099,
    'node_network_iface_id{device="eth0"}': 2,
    'node_network_speed_bytes{device="eth0"}': -125_000,
    'node_network_up{device="eth0"}': 1,
    'node_network_info{address="",adminstate="up",broadcast="",device="eth0",duplex="",ifalias="uplink",operstate="up"}': 1,
  });
  expect(down).toContain('adminstate="down",broadcast="",device="eth0",duplex="",ifalias="uplink",operstate="down"');
});

test("an interface that gets the name of another is read itself, and what gets a value with the link is served", () => {
  using folder = new ScratchFolder();
  const write = (name: string, attributes: Record<string, string>) => {
    for (const [attribute, text] of Object.entries(attributes)) folder.write(`class/net/${name}/${attribute}`, text);
  };
  write("eth0", { ifindex: "2\n", mtu: "1500\n", flags: "0x1003\n", operstate: "down\n" });
  write("eth1", { ifindex: "3\n", mtu: "9000\n", flags: "0x1003\n", operstate: "up\n" });
  const collector = new NetclassCollector({ ...OPTIONS, sysfs: folder.path });
  const read = (atMs: number) => collectOnce(collector, tickAt(atMs)).samples;
  const first = read(0).get('node_network_mtu_bytes{device="eth0"}');
  renameSync(`${folder.path}/class/net/eth0`, `${folder.path}/class/net/old`);
  renameSync(`${folder.path}/class/net/eth1`, `${folder.path}/class/net/eth0`);
  renameSync(`${folder.path}/class/net/old`, `${folder.path}/class/net/eth1`);
  const swapped = read(1);
  write("eth1", { speed: "1000\n" });
  const before = read(2).get('node_network_speed_bytes{device="eth1"}');
  write("eth1", { operstate: "up\n" });
  const up = read(3).get('node_network_speed_bytes{device="eth1"}');
  write("eth0", { speed: "100\n" });

  expect(first).toBe(1500);
  expect(swapped.get('node_network_mtu_bytes{device="eth0"}')).toBe(9000);
  expect(swapped.get('node_network_mtu_bytes{device="eth1"}')).toBe(1500);
  expect([before, up]).toEqual([undefined, 125_000_000]);
  expect(read(40_000).get('node_network_speed_bytes{device="eth0"}')).toBe(12_500_000);
});

test("an interface without one of its files has the others, and an unknown state without flags", () => {
  using folder = new ScratchFolder();
  folder.write("class/net/eth0/mtu", "1500\n");

  const { samples } = collectOnce(new NetclassCollector({ ...OPTIONS, sysfs: folder.path }), tickAt(0));

  expect(Object.fromEntries(samples)).toEqual({
    'node_network_mtu_bytes{device="eth0"}': 1500,
    'node_network_up{device="eth0"}': 0,
    'node_network_info{address="",adminstate="unknown",broadcast="",device="eth0",duplex="",ifalias="",operstate=""}': 1,
  });
});

test("ignores interfaces and invalid speeds by the settings; without interfaces there is nothing to read", () => {
  using folder = new ScratchFolder();
  const options = { netclassDevicesIgnored: /^veth/, netclassIgnoreInvalidSpeed: true, sysfs: folder.path };
  const none = collectOnce(new NetclassCollector(options), tickAt(0)).written;
  for (const name of ["veth1", "eth0"]) {
    folder.write(`class/net/${name}/ifindex`, "2\n");
    folder.write(`class/net/${name}/speed`, "-1\n");
  }

  const keys = [...collectOnce(new NetclassCollector(options), tickAt(0)).samples.keys()];

  expect(none).toEqual([]);
  expect(keys.filter((key) => key.includes("veth") || key.includes("speed"))).toEqual([]);
  expect(keys).toContain('node_network_iface_id{device="eth0"}');
});

test("two bonds whose names are no UTF-8 are two", () => {
  using folder = new ScratchFolder();
  writeFileSync(folder.write("class/net/bonding_masters", ""), Buffer.from("b\xe8 b\xe9\n", "latin1"));

  expect(
    [...collectOnce(new BondingCollector(folder.path), tickAt(0)).samples.keys()].filter((key) =>
      key.includes("slaves"),
    ),
  ).toEqual(['node_bonding_slaves{master="b\uFFFD"}', 'node_bonding_slaves{master="b\uFFFD<E9>"}']);
});

test("the ports of a bond are active while their link is up, under the names of old and new kernels", () => {
  using folder = new ScratchFolder();
  const none = collectOnce(new BondingCollector(folder.path), tickAt(0)).written;
  folder.write("class/net/bonding_masters", "bond0 bond1\n");
  folder.write("class/net/bond0/bonding/slaves", "eth0 eth1 eth2\n");
  folder.write("class/net/bond0/lower_eth0/bonding_slave/mii_status", "up\n");
  folder.write("class/net/bond0/slave_eth1/bonding_slave/mii_status", "up\n");
  folder.write("class/net/bond0/lower_eth2/bonding_slave/mii_status", "down\n");

  const { samples } = collectOnce(new BondingCollector(folder.path), tickAt(0));

  expect(none).toEqual([]);
  expect(Object.fromEntries(samples)).toEqual({
    'node_bonding_active{master="bond0"}': 2,
    'node_bonding_active{master="bond1"}': 0,
    'node_bonding_slaves{master="bond0"}': 3,
    'node_bonding_slaves{master="bond1"}': 0,
  });
});

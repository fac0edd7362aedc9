import { expect, test } from "@jest/globals";
import { ScratchFolder } from "../testing/collect-once.ts";
import { readInterfaceFacts } from "./interface-facts.ts";

test("reads the device, lower and upper interfaces, and the kind", () => {
  using sysfs = new ScratchFolder();
  for (const path of [
    "eth0/device",
    "eth0/upper_bond0",
    "bond0/lower_eth0",
    "bond0/bonding",
    "tun0/tun_flags",
    "br0/bridge",
  ]) {
    sysfs.write(`class/net/${path}`, "");
  }

  const facts = ["eth0", "bond0", "tun0", "br0"].map((name) => readInterfaceFacts(name, sysfs.path));

  const none = { known: true, onBus: false, hasLower: false, uppers: [], isVirtual: false };
  expect(facts).toEqual([
    { ...none, onBus: true, uppers: ["bond0"] },
    { ...none, hasLower: true, isVirtual: true },
    { ...none, isVirtual: true },
    { ...none, isVirtual: true },
  ]);
});

test.each([
  ["p0", true],
  ["pf0vf3", false],
  ["c1pf0sf88", false],
])("a card's port named %s is on a bus: %p", (port, onBus) => {
  using sysfs = new ScratchFolder();
  sysfs.write("class/net/enp1s0np0/device", "");
  sysfs.write("class/net/enp1s0np0/phys_port_name", `${port}\n`);

  expect(readInterfaceFacts("enp1s0np0", sysfs.path).onBus).toBe(onBus);
});

test("what sysfs does not have is unknown", () => {
  expect(readInterfaceFacts("eth\xff", "/nowhere")).toEqual({
    known: false,
    onBus: false,
    hasLower: false,
    uppers: [],
    isVirtual: false,
  });
});

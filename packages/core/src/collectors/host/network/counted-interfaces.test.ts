import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { countedInterfaces } from "./counted-interfaces.ts";
import type { InterfaceFacts } from "./interface-facts.ts";

const PLAIN: InterfaceFacts = { known: true, onBus: false, hasLower: false, uppers: [], isVirtual: false };
const CARD = { ...PLAIN, onBus: true };
const STACKED = { ...PLAIN, hasLower: true };
const UNKNOWN = { ...PLAIN, known: false };

test.each<[string, Record<string, InterfaceFacts>, string[]]>([
  ["a host with containers", { lo: PLAIN, eth0: CARD, docker0: PLAIN, veth1: PLAIN, "br-0af": STACKED }, ["eth0"]],
  ["a bond of two cards with a VLAN", { eth0: CARD, eth1: CARD, bond0: STACKED, "bond0.5": STACKED }, ["eth0", "eth1"]],
  ["tunnels over a card", { wlan0: CARD, wg0: PLAIN, tun0: { ...PLAIN, isVirtual: true }, gre1: PLAIN }, ["wlan0"]],
  ["PPP over Ethernet", { eth0: CARD, ppp0: PLAIN }, ["eth0"]],
  ["a modem alone", { lo: PLAIN, ppp0: PLAIN }, ["ppp0"]],
  ["mirrors and dummies", { eth0: CARD, ifb0: PLAIN, dummy0: PLAIN, nlmon0: PLAIN, sit0: PLAIN }, ["eth0"]],
  ["macvlan and ipvlan", { eth0: CARD, mac0: STACKED, ip0: STACKED }, ["eth0"]],
  [
    "a hypervisor's interface and its function",
    { eth0: { ...CARD, hasLower: true }, vf0: { ...CARD, uppers: ["eth0"] } },
    ["eth0"],
  ],
  ["a container", { lo: PLAIN, eth0: PLAIN }, ["eth0"]],
  ["a container with two networks and a VPN", { eth0: PLAIN, net1: PLAIN, wg0: PLAIN }, ["eth0", "net1"]],
  ["a container with containers", { eth0: PLAIN, docker0: { ...STACKED, isVirtual: true }, veth9: PLAIN }, ["eth0"]],
  ["a rootless container", { lo: PLAIN, tap0: { ...PLAIN, isVirtual: true } }, ["tap0"]],
  [
    "a machine that sysfs does not show",
    { eth0: UNKNOWN, br0: UNKNOWN, "eth0.7": UNKNOWN, ens3: UNKNOWN },
    ["eth0", "ens3"],
  ],
  ["a card that sysfs does not show yet", { eth0: CARD, ens9: UNKNOWN, veth2: UNKNOWN }, ["eth0", "ens9"]],
  ["nothing but lo", { lo: PLAIN }, []],
])("%s", (_, facts, wanted) => {
  expect([...countedInterfaces(new Map(Object.entries(facts)))]).toEqual(wanted);
});

test.each([
  "eth0",
  "ens3",
  "enp3s0f0np0",
  "eno1",
  "em1",
  "p2p1",
  "wlp2s0",
  "wwan0",
  "ib0",
  "usb0",
  "venet0",
  "can0",
  "net1",
])("%s looks like an end of its own", (name) => {
  expect([
    ...countedInterfaces(
      new Map([
        [name, UNKNOWN],
        ["veth0", UNKNOWN],
      ]),
    ),
  ]).toEqual([name]);
});

test.each(
  (
    "br0 br-5d2 docker0 virbr0 vmbr1 lxcbr0 lxdbr0 cni0 cali9f flannel.1 cilium_host vxlan100 genev_sys_6081 bond0 team0 " +
    "vlan10 eth0.100 macvtap0 ipvlan1 vnet3 tap4 tap0a1b2c3d tun0 wg0 tailscale0 zt7nnig34 ppp0 ipsec0 vti1 ip6tnl0 sit0 gre0 " +
    "gretap0 tunl0 ifb0 dummy0 kube-ipvs0 ovs-system azv12 eni0a1b2c3d4e5 podman1 fwbr100i0 bat0 hsr0"
  ).split(" "),
)("%s does not", (name) => {
  expect([
    ...countedInterfaces(
      new Map([
        ["eth0", UNKNOWN],
        [name, UNKNOWN],
      ]),
    ),
  ]).toEqual(["eth0"]);
});

test("whatever there is, something but lo counts", () => {
  const fact = fc.record({
    known: fc.boolean(),
    onBus: fc.boolean(),
    hasLower: fc.constant(false),
    uppers: fc.array(fc.constantFrom("eth0", "br0"), { maxLength: 1 }),
    isVirtual: fc.boolean(),
  });
  const names = fc.constantFrom("lo", "eth0", "br0", "veth1", "ppp0");

  fc.assert(
    fc.property(fc.dictionary(names, fact), (all) => {
      const counted = countedInterfaces(new Map(Object.entries(all)));
      expect(counted.has("lo")).toBe(false);
      expect(counted.size > 0).toBe(Object.keys(all).some((name) => name !== "lo"));
    }),
  );
});

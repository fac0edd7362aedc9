import type { InterfaceFacts } from "./interface-facts.ts";

/** Names used by the kernel, container engines, hypervisors and VPNs for interfaces whose packets also pass through another one. */
const VIRTUAL_NAME = new RegExp(
  `^(?:${[
    "veth|vnet\\d|tap\\d|tap[0-9a-f]{8}|tun\\d|utun|wg|tailscale|zt[0-9a-z]|ppp\\d|ipsec\\d|xfrm|vti\\d|ip6?_vti",
    "br\\d|br[-_]|bridge\\d|virbr|vmbr|fwbr|fwln|fwpr|bond|team\\d|vlan|vxlan|genev|macv|ipvlan|ipvtap|vrf|hsr\\d|bat\\d",
    "docker|cbr\\d|cni|cali|flannel|cilium|lxc|lxd|weave|vethwe|kube|nodelocaldns|podman|antrea|ovs|azv|gke[0-9a-f]",
    "eni[0-9a-f]{11}$|gre\\d|gretap\\d|ip6gre|erspan|sit\\d|tunl\\d|ip6tnl|ifb\\d|imq\\d|dummy|nlmon|teql|vcan|isatap",
  ].join("|")})|\\.\\d+$`,
);

/**
 * The interfaces on which every byte that enters or leaves the host is counted once: those on a bus, unless another one on a
 * bus sends through them (a card's virtual function below the interface of the hypervisor). An interface without a device
 * on a bus is a bridge, tunnel or veth pair, whose packets a card counts as well. In a container none is on a bus: there,
 * those count that look like the container's endpoint (`eth0`), else those without a lower interface. If sysfs does not
 * have an interface, its name decides.
 */
export function countedInterfaces(facts: ReadonlyMap<string, InterfaceFacts>): ReadonlySet<string> {
  const candidates = [...facts].filter(([name]) => name !== "lo");
  const onBus = candidates.filter(([, fact]) => fact.onBus && !fact.uppers.some((upper) => facts.get(upper)?.onBus));
  const ownEnds = candidates.filter(([name, fact]) => !fact.hasLower && !fact.isVirtual && !VIRTUAL_NAME.test(name));
  const unknown = ownEnds.filter(([, fact]) => !fact.known);
  const lowest = candidates.filter(([, fact]) => !fact.hasLower);
  const counted = onBus.length > 0 ? [...onBus, ...unknown] : ownEnds.length > 0 ? ownEnds : lowest;
  return new Set(counted.map(([name]) => name));
}

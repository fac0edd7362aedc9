import { networkInterfaces } from "node:os";
import { describe, expect, test } from "@jest/globals";
import { refusalOf, refusalOfHost } from "./target-judge.ts";

const RULES = { allowLoopback: false, ownPort: 8080 };

describe("an address that targets may have", () => {
  test.each([
    ..."10.0.0.5 172.16.0.1 192.168.1.1 100.64.0.1 8.8.8.8 fd12::1 2001:db8::1".split(" "),
    "::ffff:10.0.0.5",
    "64:ff9b::a00:5",
  ])("%s is allowed", (address) => {
    expect(refusalOf(address, 9100, RULES)).toBeNull();
  });
});

describe("an address that is never a monitored machine", () => {
  test.each([
    ["169.254.169.254", "metadata"],
    ["fd00:ec2::254", "metadata"],
    ["fd00:ec2:0:0:0:0:0:254", "metadata"],
    ["100.100.100.200", "metadata"],
    ["168.63.129.16", "metadata"],
    ["192.0.0.192", "metadata"],
    ["::ffff:169.254.169.254", "metadata"],
    ["::ffff:a9fe:a9fe", "metadata"],
    ["::169.254.169.254", "metadata"],
    ["64:ff9b::169.254.169.254", "metadata"],
    ["64:ff9b::a9fe:a9fe", "metadata"],
    ["2002:a9fe:a9fe::1", "metadata"],
    ["169.254.0.1", "not the address of a machine"],
    ["0.0.0.0", "not the address of a machine"],
    ["0.1.2.3", "not the address of a machine"],
    ["224.0.0.1", "not the address of a machine"],
    ["255.255.255.255", "not the address of a machine"],
    ["::", "not the address of a machine"],
    ["fe80::1", "not the address of a machine"],
    ["fe80::1%eth0", "not the address of a machine"],
    ["ff02::1", "not the address of a machine"],
    ["::ffff:0.0.0.0", "not the address of a machine"],
  ])("%s is refused", (address, reason) => {
    expect(refusalOf(address, 9100, RULES)).toContain(reason);
    expect(refusalOf(address, 9100, { ...RULES, allowLoopback: true })).toContain(reason);
  });
});

describe("this machine", () => {
  test.each(["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])(
    "%s is refused unless it is allowed",
    (address) => {
      expect(refusalOf(address, 9100, RULES)).toContain("TARGETS_ALLOW_LOOPBACK=true");
      expect(refusalOf(address, 9100, { ...RULES, allowLoopback: true })).toBeNull();
    },
  );

  test("is refused with the daemon's own port, at each of its addresses", () => {
    const addresses = Object.values(networkInterfaces()).flatMap((all) => all?.map(({ address }) => address) ?? []);
    const reachable = addresses.filter((address) => !address.startsWith("fe80"));
    const refusals = ["127.0.0.1", "::1", ...reachable].map((address) =>
      refusalOf(address, 8080, { ...RULES, allowLoopback: true }),
    );

    expect(new Set(refusals)).toEqual(new Set(["with this port is this daemon itself"]));
  });
});

test.each([
  ["[::1]", "TARGETS_ALLOW_LOOPBACK"],
  ["[fd00:ec2::254]", "metadata"],
  ["LOCALHOST", "TARGETS_ALLOW_LOOPBACK"],
  ["db-1.internal", null],
])("of the host %s of a URL the same is known", (host, reason) => {
  const refusal = refusalOfHost(host, 9100, RULES);

  if (reason === null) expect(refusal).toBeNull();
  else expect(refusal).toContain(reason);
});

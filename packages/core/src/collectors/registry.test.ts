import { expect, test } from "@jest/globals";
import { HOST_COLLECTORS } from "../model/host-collectors.ts";
import { INSTANCE_KINDS } from "../model/instance.ts";
import { hostCollectors, instanceCollectors } from "./registry.ts";

const OPTIONS = {
  procfs: "/proc",
  sysfs: "/sys",
  rootfs: "/",
  udevData: "/run/udev/data",
  collectorsDisabled: [],
  filesystemMountPointsExclude: /^$/,
  filesystemTypesExclude: /^$/,
  diskDevicesExclude: /^$/,
  networkDevicesExclude: /^$/,
  timeZone: "UTC0",
  timeZoneFolder: "/usr/share/zoneinfo",
};

test("the host's collectors are those that the configuration and collect[] know by name", () => {
  const names = hostCollectors(OPTIONS).map(({ name }) => name);

  expect(names.toSorted()).toEqual([...HOST_COLLECTORS]);
});

test("a collector that is turned off is not made", () => {
  const names = hostCollectors({ ...OPTIONS, collectorsDisabled: ["cpu", "time"] }).map(({ name }) => name);

  expect(names).toHaveLength(HOST_COLLECTORS.length - 2);
  expect(names).not.toContain("cpu");
});

test("every kind of instance has its collector", () => {
  const kinds = ["host", ...Object.keys(instanceCollectors(async () => {}))];

  expect(kinds.toSorted()).toEqual([...INSTANCE_KINDS].toSorted());
});

import { expect, test } from "@jest/globals";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { INSTANCE_KINDS } from "../model/instance.ts";
import { hostFiles } from "./host/kernel-files/host-files.ts";
import { ProcFile } from "./host/kernel-files/proc-file.ts";
import { HOST_COLLECTOR_NAMES, HOST_SETTINGS, collectorsByKind } from "./registry.ts";
import { hostCollectors } from "./testing/enabled-host-collectors.ts";
import { defaultOptions } from "./testing/default-options.ts";

test("the host's collectors are in alphabetical order, each name once; textfile runs last", () => {
  expect(HOST_COLLECTOR_NAMES).toEqual([...new Set(HOST_COLLECTOR_NAMES)].sort());
  const all = { ...defaultOptions(), collectorsEnabled: HOST_COLLECTOR_NAMES };
  const others = HOST_COLLECTOR_NAMES.filter((name) => name !== "textfile");
  expect(hostCollectors(all).map(({ name }) => name)).toEqual([...others, "textfile"]);
});

test("collectors that read the same file share it", () => {
  const asked: string[] = [];
  const open = (path: string) => {
    asked.push(path);
    return new ProcFile(path);
  };

  hostCollectors(defaultOptions(), hostFiles("/proc", open));

  expect(asked).toEqual([...new Set(asked)]);
  expect(asked).toContain("/proc/stat");
});

test("no setting is declared twice", () => {
  const keys = HOST_SETTINGS.map(([key]) => key);

  expect(keys).toEqual([...new Set(keys)]);
});

const OFF = ["interrupts", "processes", "systemd", "tcpstat"];

test.each([
  ["by default", {}, (name: string) => !OFF.includes(name)],
  [
    "with some disabled",
    { collectorsDisabled: ["cpu", "time"] },
    (name: string) => !["cpu", "time", ...OFF].includes(name),
  ],
  [
    "with one enabled",
    { collectorsEnabled: ["tcpstat", "cpu"] },
    (name: string) => !["interrupts", "processes", "systemd"].includes(name),
  ],
  [
    "without the defaults",
    { collectorsDefaultsDisabled: true, collectorsEnabled: ["cpu"] },
    (name: string) => name === "cpu",
  ],
  [
    "with one enabled and disabled",
    { collectorsEnabled: ["tcpstat"], collectorsDisabled: ["tcpstat"] },
    (name: string) => !OFF.includes(name),
  ],
])("%s the selected collectors are created", (_, selection, isSelected) => {
  const names = hostCollectors({ ...defaultOptions(), ...selection }).map(({ name }) => name);

  expect(names.toSorted()).toEqual(HOST_COLLECTOR_NAMES.filter(isSelected));
});

test("every kind of instance has its collector", () => {
  const context = {
    host: defaultOptions(),
    targets: { allowLoopback: false, ownPort: 0 },
    clock: new ManualClock(),
    usage: () => null,
    wait: async () => {},
  };
  const kinds = Object.keys(collectorsByKind(context));

  expect(kinds.toSorted()).toEqual([...INSTANCE_KINDS].toSorted());
});

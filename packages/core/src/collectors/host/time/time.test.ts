import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { FIXTURES, ScratchFolder, collectOnce, tickAt } from "../testing/collect-once.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { TimeCollector, clockSource } from "./time.ts";
import { TimeZone } from "./time-zone.ts";

const UTC = new TimeZone({ timeZone: "UTC0", timeZoneFolder: "/nowhere" });

test("serves the time at which it is read, in seconds, however late the tick is", () => {
  const clock = { wallMs: () => Date.UTC(2026, 0, 1) + 21_500 };

  const out = collectOnce(new TimeCollector(join(FIXTURES, "sys"), UTC, clock), tickAt(1500));

  expect(out.samples.get("node_time_seconds")).toBe(Date.UTC(2026, 0, 1) / 1000 + 21.5);
});

test("lists the clock sources", () => {
  const out = collectOnce(new TimeCollector(join(FIXTURES, "sys"), UTC, systemClock), tickAt(0));

  expect([...out.samples.keys()].filter((key) => key.includes("clocksource"))).toEqual([
    'node_time_clocksource_available_info{clocksource="tsc",device="0"}',
    'node_time_clocksource_available_info{clocksource="hpet",device="0"}',
    'node_time_clocksource_available_info{clocksource="acpi_pm",device="0"}',
    'node_time_clocksource_current_info{clocksource="tsc",device="0"}',
  ]);
});

test("a machine without clock sources in sysfs still has its time", () => {
  using empty = new ScratchFolder();

  const out = collectOnce(new TimeCollector(empty.path, UTC, systemClock), tickAt(0));

  expect(out.written.map(({ name }) => name)).toEqual(["node_time_seconds", "node_time_zone_offset_seconds"]);
});

test("blank files have no source, and a repeated source counts once", () => {
  expect(clockSource("0", " \n", "")).toEqual({ available: [], current: null });
  expect(clockSource("1", "tsc tsc\n", "tsc\n").available).toEqual(['clocksource="tsc",device="1"']);
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../../model/clock.ts";
import { codeOf } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import type { SettingDeclarations } from "../../../model/setting/setting-declaration.ts";
import { filePath } from "../../../model/setting/values/file-path.ts";
import { timeZoneName } from "../../../model/setting/values/time-zone-name.ts";
import { systemClock } from "../../../platform/system-clock.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";
import { TimeZone } from "./time-zone.ts";

/** The kernel changes its clock source when the old one is unstable, perhaps once a month. */
const PERIOD_MS = 30_000;

export const TIME_SETTINGS = {
  timeZone: {
    type: timeZoneName,
    fallback: { text: "the zone of `/etc/localtime`", value: (facts) => facts.systemTimeZone },
    help: "Time zone that the time collector reports, in the format of tzset(3).",
    shortName: "TZ",
  },
  timeZoneFolder: {
    type: filePath,
    fallback: "/usr/share/zoneinfo",
    help: "Folder of the time zone database.",
    shortName: "TZDIR",
  },
} as const satisfies SettingDeclarations;

export const TIME: HostCollectorDefinition<typeof TIME_SETTINGS> = {
  name: "time",
  families: [
    ...families(
      { type: "gauge", labels: ["clocksource", "device"] },
      {
        node_time_clocksource_available_info: "Always 1; a clock source available to the kernel.",
        node_time_clocksource_current_info: "Always 1; the clock source in use.",
      },
    ),
    ...families(
      { type: "gauge", labels: [] },
      {
        node_time_seconds: "Wall clock of the host, seconds since 1970.",
      },
    ),
    ...families(
      { type: "gauge", labels: ["time_zone"] },
      {
        node_time_zone_offset_seconds: "Offset of the local time zone, positive east of Greenwich.",
      },
    ),
  ],
  settings: TIME_SETTINGS,
  create: ({ options }) => new TimeCollector(options.sysfs, new TimeZone(options), systemClock),
};

/** Wall clock, time zone and the clock sources of the kernel. */
export class TimeCollector implements HostCollector {
  readonly #zone: TimeZone;
  readonly #sources: RereadAfter<readonly ClockSource[]>;
  readonly #clock: Pick<Clock, "wallMs">;

  constructor(sysfs: string, zone: TimeZone, clock: Pick<Clock, "wallMs">) {
    this.#clock = clock;
    this.#zone = zone;
    this.#sources = new RereadAfter(PERIOD_MS, () => readClockSources(join(sysfs, "devices/system/clocksource")));
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    // Not the slot of the tick, which may have been late.
    out.series("node_time_seconds", "", this.#clock.wallMs() / 1000);
    const { offsetSeconds, labels } = this.#zone.at(context);
    out.series("node_time_zone_offset_seconds", labels, offsetSeconds);
    for (const { available, current } of this.#sources.get(context)) {
      for (const block of available) out.series("node_time_clocksource_available_info", block, 1);
      if (current !== null) out.series("node_time_clocksource_current_info", current, 1);
    }
  }
}

/** Label blocks. */
export interface ClockSource {
  readonly available: readonly string[];
  readonly current: string | null;
}

/** One entry per directory `clocksourceN`; none on a machine (or in a container) without them. */
function readClockSources(folder: string): ClockSource[] {
  const names = ifThere(() => readdirSync(folder)) ?? [];
  const devices = names.flatMap((name) => /^clocksource(\d+)$/.exec(name)?.[1] ?? []);
  const read = (device: string, name: string) =>
    ifThere(() => readFileSync(join(folder, `clocksource${device}`, name), "utf8")) ?? "";
  return devices
    .sort((a, b) => Number(a) - Number(b))
    .map((device) => clockSource(device, read(device, "available_clocksource"), read(device, "current_clocksource")));
}

/** From the texts of the two sysfs files; blank ones give no entries. */
export function clockSource(device: string, availableText: string, currentText: string): ClockSource {
  const block = (clocksource: string) => labelBlock({ clocksource, device });
  const [current] = wordsOf(currentText);
  return {
    available: [...new Set(wordsOf(availableText))].map(block),
    current: current === undefined ? null : block(current),
  };
}

function wordsOf(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== "");
}

function ifThere<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

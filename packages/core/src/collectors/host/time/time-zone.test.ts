import { execFileSync } from "node:child_process";
import { existsSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { ScratchFolder, tickAt } from "../testing/collect-once.ts";
import { TimeZone } from "./time-zone.ts";
import { tzifBytes } from "./testing/tzif-bytes.ts";

const DATABASE = "/usr/share/zoneinfo";
const ZONES = [
  "Africa/Casablanca",
  "Africa/Nairobi",
  "America/Nuuk",
  "America/New_York",
  "America/Santiago",
  "America/Sao_Paulo",
  "America/St_Johns",
  "Antarctica/Troll",
  "Asia/Gaza",
  "Asia/Kathmandu",
  "Asia/Kolkata",
  "Asia/Shanghai",
  "Asia/Tehran",
  "Asia/Tokyo",
  "Australia/Lord_Howe",
  "Australia/Sydney",
  "EST",
  "Etc/GMT+5",
  "Europe/Dublin",
  "Europe/London",
  "Europe/Paris",
  "Pacific/Apia",
  "Pacific/Auckland",
  "Pacific/Chatham",
  "UTC",
];
const SPELLINGS = [
  ":Asia/Tokyo",
  `${DATABASE}/Europe/Paris`,
  "CET-1CEST,M3.5.0,M10.5.0/3",
  "<+0330>-3:30",
  "EST5EDT",
  "",
];
const INSTANTS = [
  "1970-01-01T00:00:00Z",
  "2011-12-30T12:00:00Z",
  "2026-01-01T00:00:00Z",
  "2026-03-29T00:59:59Z",
  "2026-03-29T01:00:00Z",
  "2026-04-05T03:00:00Z",
  "2026-07-15T12:00:00Z",
  "2026-11-26T01:00:00Z",
  "2050-07-01T00:00:00Z",
].map((text) => Date.parse(text));

const haveDatabase = existsSync(join(DATABASE, "Pacific/Chatham"));

(haveDatabase ? test.each : test.skip.each)([...ZONES, ...SPELLINGS])(
  haveDatabase ? "TZ=%s is what date(1) says" : "TZ=%s is what date(1) says (skipped: needs tzdata)",
  (name) => {
    const zone = new TimeZone({ timeZone: name, timeZoneFolder: DATABASE });

    expect(INSTANTS.map((wallMs) => shown(zone, wallMs))).toEqual(dateSays(name));
  },
);

test.each(["Nowhere/City", ":", "/dev/null", "/proc/version", "a\u0301", "../../etc/passwd"])(
  "TZ=%s is UTC",
  (name) => {
    const zone = new TimeZone({ timeZone: name, timeZoneFolder: DATABASE });

    expect(zone.at(tickAt(0))).toEqual({ offsetSeconds: 0, labels: 'time_zone="UTC"' });
  },
);

test("a link is followed: the content counts, not the name", () => {
  using folder = new ScratchFolder();
  const path = zoneFile(folder, "Etc/UTC", "JST", 32_400);
  symlinkSync(path, join(folder.path, "localtime"));

  const zone = new TimeZone({ timeZone: join(folder.path, "localtime"), timeZoneFolder: DATABASE });

  expect(zone.at(tickAt(0))).toEqual({ offsetSeconds: 32_400, labels: 'time_zone="JST"' });
});

test("a change of the zone shows within five seconds", () => {
  using folder = new ScratchFolder();
  const path = zoneFile(folder, "localtime", "JST", 32_400);
  const zone = new TimeZone({ timeZone: `:${path}`, timeZoneFolder: DATABASE });
  const before = zone.at(tickAt(0)).labels;

  renameSync(zoneFile(folder, "new", "AEST", 36_000), path);

  expect([before, zone.at(tickAt(5000)).labels]).toEqual(['time_zone="JST"', 'time_zone="AEST"']);
});

test("a database that is installed later is found", () => {
  using folder = new ScratchFolder();
  const zone = new TimeZone({ timeZone: "Asia/Tokyo", timeZoneFolder: folder.path });
  const before = zone.at(tickAt(0)).labels;

  zoneFile(folder, "Asia/Tokyo", "JST", 32_400);

  expect([before, zone.at(tickAt(5000)).labels]).toEqual(['time_zone="UTC"', 'time_zone="JST"']);
});

test("the label block stays the same object until the next change, also when the clock is set back", () => {
  const zone = new TimeZone({ timeZone: "CET-1CEST,M3.5.0,M10.5.0/3", timeZoneFolder: DATABASE });
  const at = (text: string) => zone.at({ ...tickAt(0), wallMs: Date.parse(text) });

  const winter = at("2026-01-01T00:00:00Z");

  expect(at("2026-03-29T00:59:59.999Z")).toBe(winter);
  expect(at("2026-03-29T01:00:00Z").labels).toBe('time_zone="CEST"');
  expect(at("2026-01-01T00:00:00Z").labels).toBe('time_zone="CET"');
});

/** Abbreviation and offset in hours and minutes. */
function shown(zone: TimeZone, wallMs: number): string {
  const { labels, offsetSeconds } = zone.at({ ...tickAt(0), wallMs });
  const minutes = Math.trunc(Math.abs(offsetSeconds) / 60);
  const twoDigits = (value: number) => String(value).padStart(2, "0");
  const abbreviation = /^time_zone="(.*)"$/.exec(labels)![1]!;
  return `${abbreviation} ${offsetSeconds < 0 ? "-" : "+"}${twoDigits(Math.floor(minutes / 60))}${twoDigits(minutes % 60)}`;
}

function dateSays(name: string): string[] {
  const input = INSTANTS.map((ms) => `@${ms / 1000}\n`).join("");
  const env = { PATH: "/usr/bin:/bin", TZ: name };
  const said = execFileSync("date", ["-f", "-", "+%Z %z"], { input, env, encoding: "utf8" });
  // It writes -0000 if the abbreviation is -00; the offset is the same.
  return said.trimEnd().replaceAll("-0000", "+0000").split("\n");
}

function zoneFile(folder: ScratchFolder, name: string, abbreviation: string, offset: number): string {
  const path = folder.write(name, "");
  writeFileSync(path, tzifBytes({ types: [[offset, abbreviation]], changes: [], version: "2" }));
  return path;
}

import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { CollectContext } from "../../../model/collector.ts";
import { readRegularFile } from "../../../platform/read-regular-file.ts";
import { parsePosixTimeZone, posixTimeAt } from "./posix-time-zone.ts";
import type { LocalTimeSpan } from "./posix-time-zone.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { parseTzif, zoneFileTimeAt } from "./tzif.ts";

/** How soon a change of the zone is noticed. */
const PERIOD_MS = 5_000;
/** Far above the largest zone, 4 KiB: a longer file is something else. */
const FILE_BYTES_MAX = 1024 * 1024;

export interface TimeZoneOptions {
  /** As in the environment variable TZ: a file of the zone database, or a zone in the POSIX format. */
  readonly timeZone: string;
  /** Absolute path of the zone database. */
  readonly timeZoneFolder: string;
}

export interface ZoneOffset {
  readonly offsetSeconds: number;
  readonly labels: string;
}

/**
 * The local time zone by the rules of the C library, tzset(3). ICU, used by Date and Intl, has other abbreviations than the
 * zone database, reads the zone of /etc/localtime from the link's name instead of the content, and costs 8 MB of memory.
 */
export class TimeZone {
  readonly #name: string;
  readonly #path: string;
  #fileState: string | null = null;
  #checkedMs = Number.NEGATIVE_INFINITY;
  #timeAt: TimeAt = utc;
  /** For readings from `fromSeconds` on; null when the zone must be read again. */
  #known: KnownSpan | null = null;

  constructor({ timeZone, timeZoneFolder }: TimeZoneOptions) {
    this.#name = timeZone.replace(/^:/, "");
    this.#path = resolve(timeZoneFolder, this.#name);
  }

  at(context: CollectContext): ZoneOffset {
    if (context.monotonicMs - this.#checkedMs >= PERIOD_MS) this.#check(context.monotonicMs);
    const seconds = Math.floor(context.wallMs / 1000);
    const known = this.#known;
    if (known !== null && seconds >= known.fromSeconds && seconds < known.untilSeconds) return known.offset;
    const { type, untilSeconds } = this.#timeAt(seconds);
    const { abbreviation, offsetSeconds } = type;
    const offset = { offsetSeconds, labels: labelBlock({ time_zone: abbreviation }) };
    this.#known = { fromSeconds: seconds, untilSeconds, offset };
    return offset;
  }

  #check(nowMs: number): void {
    this.#checkedMs = nowMs;
    const state = this.#name === "" ? "none" : fileState(this.#path);
    if (state === this.#fileState) return;
    this.#fileState = state;
    this.#known = null;
    this.#timeAt = this.#find();
  }

  #find(): TimeAt {
    if (this.#name === "") return utc;
    const bytes = readZoneFile(this.#path);
    const file = bytes === null ? null : parseTzif(bytes);
    if (file !== null) return (seconds) => zoneFileTimeAt(file, seconds);
    const zone = parsePosixTimeZone(this.#name);
    return zone === null ? utc : (seconds) => posixTimeAt(zone, seconds);
  }
}

type TimeAt = (seconds: number) => LocalTimeSpan;

interface KnownSpan {
  readonly fromSeconds: number;
  readonly untilSeconds: number;
  readonly offset: ZoneOffset;
}

const UTC: LocalTimeSpan = {
  type: { abbreviation: "UTC", offsetSeconds: 0 },
  untilSeconds: Number.POSITIVE_INFINITY,
};

function utc(): LocalTimeSpan {
  return UTC;
}

/** Changes when the file is replaced or modified. */
function fileState(path: string): string {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return [dev, ino, size, mtimeMs, ctimeMs].join(" ");
  } catch {
    // A file without a stat cannot be read: then TZ is not a file name, or the zone is UTC.
    return "none";
  }
}

/** Null when it cannot be read. */
function readZoneFile(path: string): Uint8Array | null {
  try {
    return readRegularFile(path, { bytesMax: FILE_BYTES_MAX, followLinks: true })?.bytes ?? null;
  } catch {
    return null;
  }
}

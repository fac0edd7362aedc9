/** A local time type: `CET`, 3600. */
export interface LocalTimeType {
  readonly abbreviation: string;
  /** East of Greenwich is positive. */
  readonly offsetSeconds: number;
}

/** A local time type and the time, seconds since 1970, until which it is valid. */
export interface LocalTimeSpan {
  readonly type: LocalTimeType;
  readonly untilSeconds: number;
}

/** A zone in the format of the environment variable TZ (`CET-1CEST,M3.5.0,M10.5.0/3`): the same rules every year. */
export interface PosixTimeZone {
  readonly standard: LocalTimeType;
  readonly summer: Summer | null;
}

interface Summer {
  readonly type: LocalTimeType;
  readonly start: YearlyChange;
  readonly end: YearlyChange;
}

interface YearlyChange {
  /** Midnight of the day in seconds since 1970, as if in UTC. */
  readonly midnight: (year: number) => number;
  /** Local time of the change, seconds after midnight; may be on another day. */
  readonly secondsOfDay: number;
}

const NAME = "([A-Za-z]{3,}|<[A-Za-z0-9+-]{3,}>)";
const TIME = String.raw`([+-]?\d{1,3}(?::\d{1,2}){0,2})`;
const CHANGE = String.raw`,(M\d+\.\d+\.\d+|J?\d+)(?:/${TIME})?`;
const ZONE = new RegExp(`^${NAME}${TIME}(?:${NAME}${TIME}?(?:${CHANGE}${CHANGE})?)?$`);
const TEXT_CHARACTERS_MAX = 256;
const OFFSET_HOURS_MAX = 24;
/** RFC 9636, section 3.3.2: a change may be a week away from its day. */
const CHANGE_HOURS_MAX = 167;
const HOUR = 3600;
const DAY = 24 * HOUR;

/** Null when the text is not such a zone. Without rules, summer time is that of the United States, as in the C library. */
export function parsePosixTimeZone(text: string): PosixTimeZone | null {
  const match = text.length > TEXT_CHARACTERS_MAX ? null : ZONE.exec(text);
  if (match === null) return null;
  const [, name = "", west = "", summerName, summerWest, startDay, startTime, endDay, endTime] = match;
  const standard = localTimeType(name, secondsOf(west, OFFSET_HOURS_MAX));
  if (standard === null) return null;
  if (summerName === undefined) return { standard, summer: null };
  const hourAhead = -standard.offsetSeconds - HOUR;
  const type = localTimeType(
    summerName,
    summerWest === undefined ? hourAhead : secondsOf(summerWest, OFFSET_HOURS_MAX),
  );
  const start = yearlyChange(startDay ?? "M3.2.0", startTime);
  const end = yearlyChange(endDay ?? "M11.1.0", endTime);
  return type === null || start === null || end === null ? null : { standard, summer: { type, start, end } };
}

/** The local time type at a time, seconds since 1970. */
export function posixTimeAt({ standard, summer }: PosixTimeZone, seconds: number): LocalTimeSpan {
  if (summer === null) return { type: standard, untilSeconds: Number.POSITIVE_INFINITY };
  const changes = changesAround(standard, summer, new Date(seconds * 1000).getUTCFullYear());
  const last = changes.findLast(({ at }) => at <= seconds);
  const next = changes.find(({ at }) => at > seconds);
  return { type: last?.type ?? standard, untilSeconds: next?.at ?? Number.POSITIVE_INFINITY };
}

interface Change {
  readonly at: number;
  readonly type: LocalTimeType;
}

/** In order. If one summer ends when the next begins, which denotes permanent summer time, the beginning is last. */
function changesAround(standard: LocalTimeType, { type, start, end }: Summer, year: number): Change[] {
  const at = (change: YearlyChange, inYear: number, before: LocalTimeType) =>
    change.midnight(inYear) + change.secondsOfDay - before.offsetSeconds;
  const changes = [year - 1, year, year + 1].flatMap((inYear): Change[] => [
    { at: at(end, inYear, type), type: standard },
    { at: at(start, inYear, standard), type },
  ]);
  return changes.sort((a, b) => a.at - b.at || Number(a.type === type) - Number(b.type === type));
}

function localTimeType(name: string, secondsWest: number | null): LocalTimeType | null {
  if (secondsWest === null) return null;
  // Unsigned zero: -0 would be served as such.
  return { abbreviation: name.replace(/[<>]/g, ""), offsetSeconds: secondsWest === 0 ? 0 : -secondsWest };
}

/** `[+-]h[hh][:mm[:ss]]`. */
function secondsOf(text: string, hoursMax: number): number | null {
  const [hours = 0, minutes = 0, seconds = 0] = text.replace(/^[+-]/, "").split(":").map(Number);
  if (hours > hoursMax || minutes > 59 || seconds > 59) return null;
  const all = hours * HOUR + minutes * 60 + seconds;
  return text.startsWith("-") ? -all : all;
}

function yearlyChange(day: string, time = "2"): YearlyChange | null {
  const midnight = midnightOf(day);
  const secondsOfDay = secondsOf(time, CHANGE_HOURS_MAX);
  return midnight === null || secondsOfDay === null ? null : { midnight, secondsOfDay };
}

function midnightOf(day: string): YearlyChange["midnight"] | null {
  const [first = 0, week = 0, weekday = 0] = day.replace(/^[MJ]/, "").split(".").map(Number);
  if (day.startsWith("M")) {
    const known = first >= 1 && first <= 12 && week >= 1 && week <= 5 && weekday <= 6;
    return known ? (year) => weekdayOfMonth(year, first - 1, { week, weekday }) : null;
  }
  // J1 to J365 never count 29 February; 0 to 365 do.
  if (day.startsWith("J")) return first >= 1 && first <= 365 ? (year) => dayWithoutLeap(year, first) : null;
  return first <= 365 ? (year) => utcSeconds(year, 0, 1 + first) : null;
}

/** Week 5 is the last of the month that has such a day. */
function weekdayOfMonth(year: number, month: number, wanted: { week: number; weekday: number }): number {
  const first = utcSeconds(year, month, 1);
  const daysUntil = (wanted.weekday - new Date(first * 1000).getUTCDay() + 7) % 7;
  const found = first + (daysUntil + 7 * (wanted.week - 1)) * DAY;
  return found < utcSeconds(year, month + 1, 1) ? found : found - 7 * DAY;
}

function dayWithoutLeap(year: number, day: number): number {
  // 2026 has no 29 February.
  const date = new Date(Date.UTC(2026, 0, day));
  return utcSeconds(year, date.getUTCMonth(), date.getUTCDate());
}

function utcSeconds(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day) / 1000;
}

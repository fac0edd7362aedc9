import { UsageError } from "../usage-error.ts";
import { parseSeconds } from "./duration.ts";

/** A point in time as RFC 3339: `now`, a duration before now (`1h` or `-1h`), a date, or a date with a time. */
export function parseInstant(text: string, nowMs: number): string {
  if (text === "now") return new Date(nowMs).toISOString();
  if (/^-?\d{1,9}[smhdw]$/.test(text))
    return new Date(nowMs - parseSeconds(text.replace("-", "")) * 1000).toISOString();
  const ms = isCalendarDate(text.slice(0, 10)) && /^.{10}([T ]|$)/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new Error(`"${text}" is not a time; write 1h (ago), now, 2026-11-21 or 2026-11-21T10:00:00Z`);
  }
  return new Date(ms).toISOString();
}

/** The value of an option, once the current time is known. */
export function instantOption(option: string, text: unknown, nowMs: number): string {
  try {
    return parseInstant(String(text), nowMs);
  } catch (error) {
    throw new UsageError(`${option}: ${Error.isError(error) ? error.message : String(error)}`);
  }
}

/** `Date.parse` accepts 2026-02-30 as 2 March. */
function isCalendarDate(date: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(date) ? Date.parse(date) : Number.NaN;
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(date);
}

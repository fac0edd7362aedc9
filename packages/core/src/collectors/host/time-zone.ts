import { renderLabels } from "./render-labels.ts";

export interface ZoneOffset {
  /** East of Greenwich is positive. */
  readonly offsetSeconds: number;
  readonly labels: string;
}

/**
 * The local time zone. Its name is looked up only when the offset changes. `Intl` brings 8 MB of ICU's tables and code
 * into memory, so the zone of most servers is told by what Date writes anyway: `... (Coordinated Universal Time)`.
 */
export class TimeZone {
  #known: ZoneOffset | null = null;

  at(wallMs: number): ZoneOffset {
    const offsetSeconds = offsetAt(wallMs);
    if (this.#known?.offsetSeconds !== offsetSeconds) {
      this.#known = { offsetSeconds, labels: renderLabels({ time_zone: localName(wallMs, offsetSeconds) }) };
    }
    return this.#known;
  }
}

function offsetAt(wallMs: number): number {
  const minutesWest = new Date(wallMs).getTimezoneOffset();
  return minutesWest === 0 ? 0 : minutesWest * -60;
}

function localName(wallMs: number, offsetSeconds: number): string {
  return String(new Date(wallMs)).endsWith("(Coordinated Universal Time)") ? "UTC" : zoneName(wallMs, offsetSeconds);
}

/** The usual letters (`CET`, `EST`) where English has them, else the offset as the zone database writes it (`+0530`). */
export function zoneName(wallMs: number, offsetSeconds: number, timeZone?: string): string {
  for (const locale of ["en-US", "en-GB"]) {
    const format = new Intl.DateTimeFormat(locale, {
      timeZoneName: "short",
      ...(timeZone === undefined ? {} : { timeZone }),
    });
    const name = format.formatToParts(new Date(wallMs)).find((part) => part.type === "timeZoneName")?.value;
    if (name !== undefined && /^[A-Z]+$/.test(name)) return name;
  }
  return offsetName(offsetSeconds);
}

function offsetName(offsetSeconds: number): string {
  const minutes = Math.abs(Math.round(offsetSeconds / 60));
  const rest = minutes % 60 === 0 ? "" : twoDigits(minutes % 60);
  return `${offsetSeconds < 0 ? "-" : "+"}${twoDigits(Math.floor(minutes / 60))}${rest}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}

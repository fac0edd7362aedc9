const SHAPE = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;

/**
 * The milliseconds since 1970 of a time as in RFC 3339; null for any other text. `Date.parse` alone accepts 30 February as
 * 2 March and 24:00 as the next day. A leap second is read as the second after it.
 */
export function parseRfc3339(text: string): number | null {
  const match = SHAPE.exec(text);
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(Number) as Six;
  const [offsetHour, offsetMinute] = [Number(match[9] ?? 0), Number(match[10] ?? 0)];
  if (hour > 23 || minute > 59 || offsetHour > 23 || offsetMinute > 59) return null;
  const midnight = new Date(0);
  // Date.UTC maps years below 100 to the 20th century.
  midnight.setUTCFullYear(year, month - 1, day);
  if (midnight.getUTCMonth() !== month - 1 || midnight.getUTCDate() !== day) return null;
  const offsetMinutes = (match[8] === "-" ? -1 : 1) * (offsetHour * 60 + offsetMinute);
  const minutes = midnight.getTime() / 60_000 + hour * 60 + minute - offsetMinutes;
  // Leap seconds are at the end of a UTC day.
  if (second > 60 || (second === 60 && (minutes + 1) % MINUTES_OF_DAY !== 0)) return null;
  const milliseconds = second === 60 ? 0 : Number((match[7] ?? "").padEnd(3, "0").slice(0, 3));
  return minutes * 60_000 + second * 1_000 + milliseconds;
}

type Six = [number, number, number, number, number, number];
const MINUTES_OF_DAY = 1_440;

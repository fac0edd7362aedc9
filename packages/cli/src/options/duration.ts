const UNIT_SECONDS: Record<string, number> = { "": 1, s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };

/** `90`, `90s`, `15m`, `1h`, `7d`, `2w` in seconds. */
export function parseSeconds(text: string): number {
  const match = /^(\d{1,9})([smhdw]?)$/.exec(text);
  if (match === null) throw new Error(`"${text}" is not a duration; write one such as 30s, 15m, 1h or 7d`);
  return Number(match[1]) * (UNIT_SECONDS[match[2] ?? ""] ?? 1);
}

const UNITS = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
  ["s", 1],
] as const;

/** The two largest units: `3d 4h`, `5m 0s`, `42s`; below a second in milliseconds. */
export function formatDuration(seconds: number): string {
  if (!(seconds >= 1)) return `${Number((seconds * 1000).toPrecision(3))} ms`;
  const whole = Math.floor(seconds);
  const first = UNITS.findIndex(([, size]) => whole >= size);
  return UNITS.slice(first, first + 2)
    .map(
      ([unit, size], index) => `${Math.floor((index === 0 ? whole : whole % (UNITS[first]?.[1] ?? 1)) / size)}${unit}`,
    )
    .join(" ");
}

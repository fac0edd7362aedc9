const LEVELS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** One character per value, scaled between minimum and maximum; a gap for null, the middle when all are equal. */
export function sparkline(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const min = known.reduce((least, value) => Math.min(least, value), Infinity);
  const max = known.reduce((greatest, value) => Math.max(greatest, value), -Infinity);
  return values.map((value) => (value === null ? " " : LEVELS[levelOf(value, min, max)])).join("");
}

function levelOf(value: number, min: number, max: number): number {
  if (min === max) return 3;
  return Math.min(LEVELS.length - 1, Math.floor(((value - min) / (max - min)) * LEVELS.length));
}

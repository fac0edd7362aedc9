/** An instance's id: 0 is the daemon's own host. */
export function parseId(text: string): number {
  return parseWhole(text, { what: "an id; `cloudctl list` shows them", min: 0, max: 2_147_483_647 });
}

export function parseWhole(text: string, limits: { what: string; min: number; max: number }): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= limits.min && value <= limits.max) return value;
  throw new Error(`"${text}" is not ${limits.what}`);
}

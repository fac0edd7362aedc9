/** A number of plain digits with at most one point (`0.21`), or null: `Number` alone would accept "", "0x1f" and "Infinity". */
export function decimal(word: string): number | null {
  return /^\d{1,300}(\.\d{1,300})?$/.test(word) ? Number(word) : null;
}

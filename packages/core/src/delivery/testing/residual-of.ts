import type { RowAccount } from "../row-accounting.ts";

/** Rows unaccounted for: 0. */
export function residualOf({ found, collected, delivered, waiting, quarantined, dropped }: RowAccount): number {
  const lost = Object.values(dropped).reduce((sum, rows) => sum + rows, 0);
  return found + collected - delivered - waiting - quarantined - lost;
}

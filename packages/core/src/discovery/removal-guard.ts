import type { Difference } from "./difference.ts";

/** At most so many removals are never held. */
const FEW = 10;

/** Whether a change removes so much that a mistake at the source is likely: more than ten instances and more than the limit. */
export function isHeld({ removed }: Pick<Difference, "removed">, present: number, limitPercent: number): boolean {
  return removed.length > FEW && removed.length * 100 > present * limitPercent;
}

import type { Family, FamilyHead } from "./family.ts";

/** A family over two columns of equal length, which must not change while it is written; blocks are of `seriesBlock`. */
export function columnFamily(head: FamilyHead, blocks: readonly string[], values: ArrayLike<number>): Family {
  return {
    head,
    count: blocks.length,
    block: (index) => blocks[index]!,
    value: (index) => values[index]!,
  };
}

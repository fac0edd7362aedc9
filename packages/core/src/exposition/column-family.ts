import type { MetricDefinition } from "../model/catalogue/definition.ts";
import type { Family } from "./family.ts";

/** What a family needs of its definition. */
export type FamilyHead = Pick<MetricDefinition, "name" | "type" | "help" | "unit">;

/** A family over two columns of equal length, which must not change while it is written; blocks are of `seriesBlock`. */
export function columnFamily(head: FamilyHead, blocks: readonly string[], values: ArrayLike<number>): Family {
  return {
    name: head.name,
    type: head.type,
    help: head.help,
    unit: head.unit,
    count: blocks.length,
    block: (index) => blocks[index]!,
    value: (index) => values[index]!,
  };
}

import type { Family, FamilyHead } from "./family.ts";

/**
 * A family over two columns of equal length, which must not change while it is written; blocks are of `seriesBlock`.
 *
 * A class, not an object of closures: V8 would optimize the closures of each scrape again and discard their code with them.
 */
class ColumnFamily implements Family {
  readonly head: FamilyHead;
  readonly count: number;
  readonly #blocks: readonly string[];
  readonly #values: ArrayLike<number>;

  constructor(head: FamilyHead, blocks: readonly string[], values: ArrayLike<number>) {
    this.head = head;
    this.count = blocks.length;
    this.#blocks = blocks;
    this.#values = values;
  }

  block(index: number): string {
    return this.#blocks[index]!;
  }

  value(index: number): number {
    return this.#values[index]!;
  }
}

export function columnFamily(head: FamilyHead, blocks: readonly string[], values: ArrayLike<number>): Family {
  return new ColumnFamily(head, blocks, values);
}

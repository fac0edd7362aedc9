import type { Family, FamilyHead } from "./family.ts";
import { seriesLine } from "./series-line.ts";
import type { StaticLabels } from "./series-line.ts";

/** Series of a family whose lines are kept: of larger ones, such as those of each instance, most change with every scrape. */
const SERIES_MAX = 512;

/**
 * The lines of families from one scrape to the next: of this host's and the daemon's series, two thirds have the value that
 * they had a second ago, and making their text anew was the largest part of a response's time.
 */
export class KeptLines {
  readonly staticLabels: StaticLabels;
  readonly #families = new WeakMap<FamilyHead, FamilyLines>();

  constructor(staticLabels: StaticLabels) {
    this.staticLabels = staticLabels;
  }

  /** The lines of all series of `family` as one piece; null where it is too large to be kept. */
  of(family: Family): readonly [string] | null {
    if (family.count > SERIES_MAX) return null;
    let lines = this.#families.get(family.head);
    if (lines === undefined) this.#families.set(family.head, (lines = new FamilyLines(this.staticLabels)));
    return lines.of(family);
  }
}

const NO_LINES: readonly [string] = [""];

class FamilyLines {
  readonly #staticLabels: StaticLabels;
  readonly #lines: string[] = [];
  readonly #blocks: string[] = [];
  readonly #suffixes: string[] = [];
  readonly #values: number[] = [];
  #text = NO_LINES;

  constructor(staticLabels: StaticLabels) {
    this.#staticLabels = staticLabels;
  }

  of(family: Family): readonly [string] {
    const { count } = family;
    let isChanged = count !== this.#lines.length;
    if (isChanged) this.#lines.length = count;
    for (let index = 0; index < count; index++) {
      if (this.#isSame(family, index)) continue;
      isChanged = true;
      this.#keep(family, index);
    }
    // Joined, because a string made with `+` is a rope whose parts would be traversed again in each scrape.
    if (isChanged) this.#text = [this.#lines.join("")];
    return this.#text;
  }

  #isSame(family: Family, index: number): boolean {
    return (
      this.#lines[index] !== undefined &&
      Object.is(family.value(index), this.#values[index]) &&
      family.block(index) === this.#blocks[index] &&
      (family.suffix === undefined || family.suffix(index) === this.#suffixes[index])
    );
  }

  #keep(family: Family, index: number): void {
    this.#lines[index] = seriesLine(family, index, this.#staticLabels);
    this.#values[index] = family.value(index);
    this.#blocks[index] = family.block(index);
    if (family.suffix !== undefined) this.#suffixes[index] = family.suffix(index);
  }
}

import { labelBlock } from "../../model/label-text.ts";
import { seriesBlock } from "./series-block.ts";

export type Labels = Readonly<Record<string, string | number | undefined>>;

/** More than the number of the daemon's own series, so that only a defect elsewhere can fill it. */
const BLOCKS_MAX = 4_096;

/** Rendered label blocks of the daemon's own series, which are the same few hundred in each scrape. */
export class BlockCache {
  readonly #blocks = new Map<string, string>();

  of(labels: Labels): string {
    let key = "";
    // The length distinguishes values that contain the separator.
    for (const [name, value] of Object.entries(labels)) key += `${name} ${String(value).length} ${value} `;
    const known = this.#blocks.get(key);
    if (known !== undefined) return known;
    const block = seriesBlock(labelBlock(textLabels(labels)));
    if (this.#blocks.size >= BLOCKS_MAX) this.#blocks.clear();
    this.#blocks.set(key, block);
    return block;
  }
}

function textLabels(labels: Labels): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

import type { Family } from "./family.ts";
import { numberText } from "./number-text.ts";
import { seriesBlock } from "./series-block.ts";

/** Labels of every series, rendered; "" for none. */
export type StaticLabels = string;

/** The line of a family's series at `index`. */
export function seriesLine(family: Family, index: number, staticLabels: StaticLabels): string {
  const { name } = family.head;
  const full = family.suffix === undefined ? name : name + family.suffix(index);
  const block = staticLabels === "" ? family.block(index) : withStatic(family.block(index), staticLabels);
  return full + block + numberText(family.value(index)) + "\n";
}

/** All lines of a family, in pieces of about `chars` characters. */
export function* seriesLines(family: Family, staticLabels: StaticLabels, chars: number): Generator<string, void, void> {
  let text = "";
  for (let index = 0; index < family.count; index++) {
    text += seriesLine(family, index, staticLabels);
    if (text.length < chars) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** A label that the series has already, as one of a text file may, stays as it is. */
function withStatic(block: string, staticLabels: StaticLabels): string {
  if (block === " ") return seriesBlock(staticLabels);
  const names = new Set(Array.from(block.matchAll(LABEL), ([, name]) => name));
  const added = Array.from(staticLabels.matchAll(LABEL), ([label, name]) => (names.has(name) ? "" : `,${label}`));
  return `${block.slice(0, -2)}${added.join("")}} `;
}

const LABEL = /([A-Za-z_]\w*)="(?:[^"\\]|\\.)*"/g;

import type { Family } from "./family.ts";
import { familyHeader } from "./family-header.ts";
import { seriesBlock } from "./series-block.ts";
import { numberText } from "./number-text.ts";
import type { TextFormat } from "./text-format.ts";

/** Rendered in well under a millisecond, so a caller can yield between any two chunks. */
const CHUNK_CHARS = 64 * 1024;

/** Labels of every series, rendered; "" for none. */
export type StaticLabels = string;

/**
 * Writes families, ordered bytewise by name, as chunks of about 64 Ki characters; their series keep their order.
 * A family is read only when it is written, so its source must not change until the last chunk is taken.
 */
export function* encode(
  families: Iterable<Family>,
  format: TextFormat,
  staticLabels: StaticLabels = "",
): Generator<string, void, undefined> {
  const sorted = [...families].filter((family) => family.count > 0).sort(byName);
  const names = new Set(sorted.map(({ head }) => head.name));
  let chunk = "";
  for (const family of sorted) {
    const { name } = family.head;
    chunk += familyHeader(family.head, format, names);
    for (let index = 0; index < family.count; index++) {
      chunk += family.suffix === undefined ? name : name + family.suffix(index);
      const block = staticLabels === "" ? family.block(index) : withStatic(family.block(index), staticLabels);
      chunk += block + numberText(family.value(index)) + "\n";
      if (chunk.length < CHUNK_CHARS) continue;
      yield chunk;
      chunk = "";
    }
  }
  if (format === "openmetrics") chunk += "# EOF\n";
  if (chunk !== "") yield chunk;
}

/** A label that the series has already, as one of a text file may, stays as it is. */
function withStatic(block: string, staticLabels: StaticLabels): string {
  if (block === " ") return seriesBlock(staticLabels);
  const names = new Set(Array.from(block.matchAll(LABEL), ([, name]) => name));
  const added = Array.from(staticLabels.matchAll(LABEL), ([label, name]) => (names.has(name) ? "" : `,${label}`));
  return `${block.slice(0, -2)}${added.join("")}} `;
}

const LABEL = /([A-Za-z_]\w*)="(?:[^"\\]|\\.)*"/g;

function byName(a: Family, b: Family): number {
  return a.head.name < b.head.name ? -1 : Number(a.head.name > b.head.name);
}

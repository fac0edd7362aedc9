import type { Family } from "./family.ts";
import { familyHeader } from "./family-header.ts";
import { numberText } from "./number-text.ts";
import type { TextFormat } from "./text-format.ts";

/** Rendered in well under a millisecond, so a caller can yield between any two chunks. */
const CHUNK_CHARS = 64 * 1024;

/**
 * Writes families, ordered bytewise by name, as chunks of about 64 Ki characters; their series keep their order.
 * A family is read only when it is written, so its source must not change until the last chunk is taken.
 */
export function* encode(families: Iterable<Family>, format: TextFormat): Generator<string, void, undefined> {
  const sorted = [...families].filter((family) => family.count > 0).sort(byName);
  const names = new Set(sorted.map(({ head }) => head.name));
  let chunk = "";
  for (const family of sorted) {
    const { name } = family.head;
    chunk += familyHeader(family.head, format, names);
    for (let index = 0; index < family.count; index++) {
      chunk += family.suffix === undefined ? name : name + family.suffix(index);
      chunk += family.block(index) + numberText(family.value(index)) + "\n";
      if (chunk.length < CHUNK_CHARS) continue;
      yield chunk;
      chunk = "";
    }
  }
  if (format === "openmetrics") chunk += "# EOF\n";
  if (chunk !== "") yield chunk;
}

function byName(a: Family, b: Family): number {
  return a.head.name < b.head.name ? -1 : Number(a.head.name > b.head.name);
}

import type { Family } from "./family.ts";
import { familyHeader } from "./family-header.ts";
import { KeptLines } from "./kept-lines.ts";
import { seriesLines } from "./series-line.ts";
import type { TextFormat } from "./text-format.ts";

/** Rendered in well under a millisecond, so a caller can yield between any two chunks. */
const CHUNK_CHARS = 64 * 1024;

/**
 * Writes families, ordered bytewise by name, as chunks of about 64 Ki characters; their series keep their order.
 * A family is read only when it is written, so its source must not change until the last chunk is taken.
 */
export function* encode(
  families: Iterable<Family>,
  format: TextFormat,
  kept: KeptLines = new KeptLines(""),
): Generator<string, void, undefined> {
  const sorted = [...families].filter((family) => family.count > 0).sort(byName);
  const names = new Set(format === "openmetrics" ? sorted.map(({ head }) => head.name) : []);
  const chunk = new Chunk();
  for (const family of sorted) {
    chunk.add(familyHeader(family.head, format, names));
    for (const lines of kept.of(family) ?? seriesLines(family, kept.staticLabels, CHUNK_CHARS)) {
      chunk.add(lines);
      if (chunk.isFull) yield chunk.take();
    }
  }
  if (format === "openmetrics") chunk.add("# EOF\n");
  if (chunk.length > 0) yield chunk.take();
}

/** Joined at once: a string made with `+` is a rope, and copying a rope of some hundred parts takes five times as long. */
class Chunk {
  #pieces: string[] = [];
  length = 0;

  get isFull(): boolean {
    return this.length >= CHUNK_CHARS;
  }

  add(piece: string): void {
    this.#pieces.push(piece);
    this.length += piece.length;
  }

  take(): string {
    const text = this.#pieces.join("");
    this.#pieces = [];
    this.length = 0;
    return text;
  }
}

function byName(a: Family, b: Family): number {
  return a.head.name < b.head.name ? -1 : Number(a.head.name > b.head.name);
}

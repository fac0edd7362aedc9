import type { FencedBlock } from "./fenced-blocks.ts";

/**
 * The part of an output that is the same on every machine and at any time: of JSON the keys, of a table its columns and the
 * first word of each row, of a sentence its words without figures.
 */
export function shapeOf({ language, text }: FencedBlock): unknown {
  if (language === "json") return keysOf(JSON.parse(text));
  const lines = text.trimEnd().split("\n");
  const isTable = /^ *[A-Z]+( +[A-Z]+)+$/.test(lines[0]!);
  return isTable
    ? lines.map((line, index) => (index === 0 ? line.trim().split(/ +/) : rowOf(line)))
    : lines.map(wordsOf);
}

function keysOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(keysOf);
  if (typeof value !== "object" || value === null) return null;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, keysOf(inner)]));
}

function rowOf(line: string): string {
  return / {2,}|^ *\d+ /.test(line) ? line.trim().split(/ +/)[0]! : wordsOf(line);
}

/** The host's name is first in the note of `history`. */
function wordsOf(line: string): string {
  return line
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, "T")
    .replaceAll(/\d+/g, "N")
    .replaceAll("N point,", "N points,")
    .replace(/^\S+ from /, "HOST from ");
}

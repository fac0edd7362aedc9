import { parse } from "dotenv";
import type { SmallFile } from "./read-small-file.ts";
import type { Variable, Variables } from "./environment-source.ts";

/** The variables of a `.env` file, with their lines. The process's environment stays as it is. */
export function dotenvVariables(file: SmallFile, path: string): Variables {
  const given = Object.entries(parse(file.text)).filter(([, value]) => value !== "");
  const byName = new Map<string, Variable>(
    given.map(([name, value]) => [name, { value, place: `${path}:${lineOf(file.text, name)}` }]),
  );
  return { byName, heldIn: { path, mode: file.mode } };
}

/** Where a variable is set; the last place counts, as it does for its value. */
function lineOf(text: string, name: string): number {
  const lines = text.split(/\r\n|\n|\r/);
  return lines.findLastIndex((line) => /^\s*(?:export\s+)?([\w.-]+)\s*[=:]/.exec(line)?.[1] === name) + 1;
}

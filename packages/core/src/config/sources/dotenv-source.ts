import { parse } from "dotenv";
import type { ErrorDetail } from "../../model/errors.ts";
import { checkDotenvLines } from "./dotenv-lines.ts";
import type { DotenvLines } from "./dotenv-lines.ts";
import { allEnvironmentNamesOf } from "./environment-source.ts";
import type { Variable, Variables } from "./environment-source.ts";
import type { SmallFile } from "../../platform/read-small-file.ts";
import { SETTINGS } from "../settings.ts";

export interface DotenvReading extends Variables {
  readonly problems: readonly ErrorDetail[];
}

/** The variables of a `.env` file, with their lines, and its errors. The process's environment is not changed. */
export function readDotenv(file: SmallFile | null, path: string): DotenvReading {
  if (file === null) return { byName: new Map(), problems: [] };
  const lines = checkDotenvLines(file.text);
  // The last occurrence counts, as for the value.
  const lineOf = new Map(lines.assignments.map(({ name, line }) => [name, line]));
  const given = Object.entries(parse(file.text)).filter(([, value]) => value !== "");
  const byName = new Map<string, Variable>(
    given.map(([name, value]) => [name, { value, place: `${path}:${lineOf.get(name) ?? 1}` }]),
  );
  const faults = [...lines.faults, ...givenTwice(lines)].sort((a, b) => a.line - b.line);
  const problems = faults.map(({ line, message }) => ({ where: `${path}:${line}`, message }));
  return { byName, heldIn: { path, mode: file.mode }, problems };
}

/** Settings given twice: only one was intended. Names of other programs are ignored. */
function givenTwice({ assignments }: DotenvLines): DotenvLines["faults"] {
  const ours = new Set(SETTINGS.flatMap(allEnvironmentNamesOf));
  const first = new Map<string, number>();
  return assignments.flatMap(({ name, line }) => {
    const before = first.get(name);
    if (before === undefined) first.set(name, line);
    if (before === undefined || !ours.has(name)) return [];
    return [{ line, message: `${name} is already set on line ${before}; remove one of the two` }];
  });
}

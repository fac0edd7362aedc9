import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** A line that two files do not share, without its indentation: `{shipped: "for: 1m", own: "for: 2s"}`; null for none. */
export interface ChangedLine {
  readonly shipped: string | null;
  readonly own: string;
}

/** The differences of the configuration folder from the shipped one; a line only in `own` has no counterpart. */
export function changedLines(shippedFolder: string, ownFolder: string): readonly ChangedLine[] {
  return readdirSync(shippedFolder, { recursive: true, encoding: "utf8", withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(shippedFolder.length))
    .flatMap((path) => compare(linesOf(join(shippedFolder, path)), linesOf(join(ownFolder, path))));
}

function compare(shipped: readonly string[], own: readonly string[]): readonly ChangedLine[] {
  const added = own.length - shipped.length;
  const first = shipped.findIndex((line, i) => line !== own[i]);
  // Lines are added only in one place, before the first change; all later ones have a counterpart.
  return own.flatMap((line, i): ChangedLine[] => {
    if (added > 0 && i >= first && i < first + added) return [{ shipped: null, own: line.trim() }];
    const counterpart = shipped[added > 0 && i >= first ? i - added : i]!;
    return counterpart === line ? [] : [{ shipped: counterpart.trim(), own: line.trim() }];
  });
}

function linesOf(path: string): readonly string[] {
  return readFileSync(path, "utf8").split("\n");
}

import { dirname } from "node:path/posix";
import { importsOf } from "./imports.ts";
import type { SourceFile } from "../support/source-tree.ts";
import { isTest } from "../support/source-tree.ts";

const HOST = "packages/core/src/collectors/host";
export const REGISTRY = "packages/core/src/collectors/registry.ts";
/** What other exporters say of their hosts, in families that have the same names. */
const OF_OTHER_EXPORTERS = "packages/core/src/collectors/scrape/core-metrics/known-families.ts";

/** A host collector in the registry. */
export interface RegisteredCollector {
  /** The file that exports its definition. */
  readonly path: string;
  /** Its families and the keys of its settings. */
  readonly words: readonly string[];
}

/**
 * Violations of the rule that a host collector is only its file or folder and its line in the registry: other sources that
 * import it or name one of its families or settings, and a definition missing in the registry.
 */
export function hostCollectorsElsewhere(
  files: readonly SourceFile[],
  collectors: readonly RegisteredCollector[],
): string[] {
  const sources = files.filter(({ path }) => path !== REGISTRY && path !== OF_OTHER_EXPORTERS && !isTest(path));
  const mentions = collectors.flatMap((collector) => {
    const others = sources.filter(({ path }) => !isWithin(path, placeOf(collector)));
    return others.flatMap((file) => [...importsFrom(file, placeOf(collector)), ...wordsIn(file, collector.words)]);
  });
  return [...mentions, ...unregistered(sources, collectors)];
}

/** Its folder, or its file if it shares a folder with others. */
function placeOf({ path }: RegisteredCollector): string {
  return dirname(path) === HOST ? path : `${dirname(path)}/`;
}

function isWithin(path: string, place: string): boolean {
  return path === place || (place.endsWith("/") && path.startsWith(place));
}

function importsFrom(file: SourceFile, place: string): string[] {
  return importsOf(file)
    .filter(({ path }) => path !== null && isWithin(path, place))
    .map(({ specifier }) => `${file.path} imports ${specifier}`);
}

function wordsIn({ path, text }: SourceFile, words: readonly string[]): string[] {
  return words.filter((word) => namesIn(text).has(word)).map((word) => `${path} names ${word}`);
}

const namesByText = new Map<string, ReadonlySet<string>>();

/** Names in TypeScript and Prometheus, including `{field}`. */
function namesIn(text: string): ReadonlySet<string> {
  const known = namesByText.get(text) ?? new Set(text.match(/[A-Za-z_][\w{}]*/g));
  namesByText.set(text, known);
  return known;
}

function unregistered(files: readonly SourceFile[], collectors: readonly RegisteredCollector[]): string[] {
  return files
    .filter(
      ({ path, text }) => path.startsWith(`${HOST}/`) && /^export const \w+: HostCollectorDefinition\b/m.test(text),
    )
    .filter(({ path }) => !collectors.some((collector) => collector.path === path))
    .map(({ path }) => `${path} defines a collector that the registry lacks`);
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** A file for the guards: its path from the repository's root, with `/`, and its text. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
}

export const REPOSITORY = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

/** Folders created by installing, building and running; never part of the project. */
export const GENERATED = new Set(["node_modules", "dist", "coverage", "var", ".git", ".cache", ".env"]);

/** All files under `folder` (from the root) whose path `wanted` accepts. */
export function readTree(folder: string, wanted: (path: string) => boolean): SourceFile[] {
  return pathsUnder(join(REPOSITORY, folder))
    .map((path) => relative(REPOSITORY, path))
    .filter(wanted)
    .map((path) => ({ path, text: readFileSync(join(REPOSITORY, path), "utf8") }));
}

/** Every TypeScript source of the packages, including tests. */
export function packageSources(): SourceFile[] {
  return readTree("packages", (path) => /^packages\/[^/]+\/src\/.+\.tsx?$/.test(path));
}

/** Tests, and what only they use: helpers, suites that several of them call, programs that they start. */
export const isTest = (path: string): boolean => /\.test\.ts$|\/testing\//.test(path);

function pathsUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => !GENERATED.has(entry.name) && !entry.name.endsWith(".tsbuildinfo"))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return pathsUnder(path);
      return entry.isFile() ? [path] : [];
    });
}

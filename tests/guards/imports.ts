import { dirname, join, normalize } from "node:path/posix";
import type { SourceFile } from "../support/source-tree.ts";

export interface Import {
  readonly specifier: string;
  /** Path from the root for a relative import, else null. */
  readonly path: string | null;
}

// The formatter writes every specifier in double quotes; `[^"'();]` keeps a match within one statement.
const STATIC = /^\s*(?:import|export)\b[^"'();]*\bfrom\s+"([^"]+)"/gm;
const BARE = /^\s*import\s+"([^"]+)"/gm;
const DYNAMIC = /\bimport\s*\(\s*"([^"]+)"/g;
const THREAD = /\bnew URL\(\s*"(\.[^"]+\.ts)"\s*,\s*import\.meta\.url/g;

/** Everything that `file` imports: statically, for its types, by re-export, dynamically, or as a thread's entry. */
export function importsOf(file: SourceFile): Import[] {
  return [STATIC, BARE, DYNAMIC, THREAD]
    .flatMap((pattern) => [...file.text.matchAll(pattern)])
    .map(([, specifier = ""]) => ({
      specifier,
      path: specifier.startsWith(".") ? normalize(join(dirname(file.path), specifier)) : null,
    }));
}

import type { SourceFile } from "../support/source-tree.ts";
import { importsOf } from "./imports.ts";
import { isTest } from "../support/source-tree.ts";

/** Where each guarded module may be imported: folders end in `/`. Bench and tests are exempt. */
export const IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  piscina: ["packages/core/src/collection/"],
  "prom-client": ["packages/core/src/exposition/"],
  winston: ["packages/core/src/daemon/logging/logger.ts"],
  pg: ["packages/core/src/storage/postgres/", "packages/private-postgres/src/testing/"],
  kysely: ["packages/core/src/storage/postgres/"],
  fastify: ["packages/core/src/api/"],
  negotiator: ["packages/core/src/api/http/negotiate.ts"],
  yargs: ["packages/cli/src/"],
  undici: ["packages/client/src/", "packages/core/src/collectors/scrape/client-pool.ts"],
  // A child process may hang, outlive us or inherit our files: only a few places start one.
  "node:child_process": [
    "packages/core/src/collectors/host/",
    "packages/core/src/collectors/probe/icmp/ping-child.ts",
    "packages/core/src/collection/main/child-trials.ts",
    "packages/core/src/daemon/process/daemonize.ts",
    "packages/core/src/daemon/process/state-dir.ts",
    "packages/private-postgres/src/",
  ],
};

/** One message for each guarded module imported elsewhere; `yargs/helpers` counts as `yargs`. */
export function strayImports(files: readonly SourceFile[]): string[] {
  return files
    .filter(({ path }) => !isTest(path) && !path.startsWith("packages/bench/"))
    .flatMap((file) =>
      importsOf(file).flatMap(({ specifier }) => {
        const guarded = guardedModule(specifier);
        if (guarded === null || guarded.importers.some((place) => within(file.path, place))) return [];
        return [`${file.path} imports ${specifier}: only ${guarded.importers.join(", ")} may`];
      }),
    );
}

function guardedModule(specifier: string): { readonly importers: readonly string[] } | null {
  const bare = specifier === "child_process" ? "node:child_process" : specifier;
  for (const [module, importers] of Object.entries(IMPORTERS)) {
    if (bare === module || bare.startsWith(`${module}/`)) return { importers };
  }
  return null;
}

function within(path: string, place: string): boolean {
  return place.endsWith("/") ? path.startsWith(place) : path === place;
}

import type { SourceFile } from "../support/source-tree.ts";
import { importsOf } from "./imports.ts";

/** The folders of packages/core/src in the order in which data flows: each imports only from itself and those before it. */
export const LAYERS = [
  "model",
  "platform",
  "collectors",
  "config",
  "collection",
  "delivery",
  "storage",
  "fleet",
  "discovery",
  "exposition",
  "security",
  "api",
  "daemon",
] as const;

/** The packages that each package may import; an order, so there is no cycle. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  client: [],
  "private-postgres": [],
  core: ["client", "private-postgres"],
  cli: ["client"],
  bench: ["client", "core"],
};

/** One message for each import against the order of folders or packages, or out of a package. */
export function wrongDirections(files: readonly SourceFile[]): string[] {
  return files.flatMap((file) =>
    importsOf(file).flatMap(({ specifier, path }) => {
      const problem = path === null ? wrongPackage(file.path, specifier) : wrongFolder(file.path, path);
      return problem === null ? [] : [`${file.path} imports ${specifier}: ${problem}`];
    }),
  );
}

function wrongPackage(from: string, specifier: string): string | null {
  const target = /^@cloud-monitor\/([^/]+)/.exec(specifier)?.[1];
  if (target === undefined) return null;
  const own = from.split("/")[1] ?? "";
  const allowed = PACKAGES[own];
  if (allowed === undefined) return `package ${own} is not in the table of this guard`;
  return allowed.includes(target) ? null : `${own} may import ${allowed.join(", ") || "no other package"}`;
}

function wrongFolder(from: string, to: string): string | null {
  const own = from.split("/").slice(0, 2).join("/");
  if (to === `${own}/package.json`) return null;
  if (!to.startsWith(`${own}/src/`)) return "the path leaves the package";
  if (own !== "packages/core" || from === "packages/core/src/index.ts") return null;
  const [fromRank, toRank] = [rank(from), rank(to)];
  if (fromRank === null || toRank === null) return "a file outside the known folders";
  return toRank <= fromRank ? null : `${LAYERS[fromRank] ?? "a file of no folder"} comes before ${LAYERS[toRank]}`;
}

/** Index in LAYERS; -1 for a file outside the folders (`version.ts`), which all may import and which imports none. */
function rank(path: string): number | null {
  const [folder = "", file] = path.split("/").slice(3);
  if (folder === "index.ts") return null;
  if (file === undefined) return -1;
  const place = LAYERS.findIndex((layer) => layer === folder);
  return place < 0 ? null : place;
}

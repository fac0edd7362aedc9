import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** Workspace packages, by folder. */
export function packageFolders(root) {
  return readdirSync(join(root, "packages"), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join("packages", entry.name));
}

/** The inputs of an installation. Not Node's version: nothing that is installed is built against it. */
export function installFingerprint(root) {
  const manifests = [".", ...packageFolders(root)].map((folder) => join(folder, "package.json"));
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const file of [
    "pnpm-lock.yaml",
    "pnpm-workspace.yaml",
    ...manifests.filter((path) => exists(join(root, path))),
  ]) {
    hash.update(`${file}\n`).update(readFileSync(join(root, file)));
  }
  return hash.digest("hex");
}

/** The inputs of the bundle, by path, size and modification time: 5 ms; reading every file takes 20. */
export function bundleFingerprint(root) {
  const hash = createHash("sha256");
  const files = ["core", "client", "cli", "private-postgres"].flatMap((name) => [
    join("packages", name, "package.json"),
    ...sourcesOf(root, join("packages", name, "src")),
  ]);
  for (const file of ["pnpm-lock.yaml", "scripts/bundle.mjs", "scripts/bundle-commonjs.mjs", ...files]) {
    const { size, mtimeMs } = statSync(join(root, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function sourcesOf(root, folder) {
  return filesIn(root, folder)
    .filter((path) => !/\.test\.ts$|\/testing\//.test(path))
    .sort();
}

/** Not by `recursive`, which follows links: those of a recorded sysfs have cycles. */
function filesIn(root, folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "fixtures" ? [] : filesIn(root, path);
    return entry.isFile() ? [path] : [];
  });
}

function exists(path) {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

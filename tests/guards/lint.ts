import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { REPOSITORY } from "../support/source-tree.ts";

interface Report {
  readonly diagnostics: readonly { readonly code: string; readonly filename: string }[];
}

/** Lints the repository itself; one line per finding. */
export function lintRepository(): string[] {
  return runLint(REPOSITORY).map(({ code, filename }) => `${filename}: ${code}`);
}

/**
 * Lints `snippets` (text by path) in a separate folder with the repository's rules.
 * Returns the violated rules of each path, such as `eslint(max-params)`.
 */
export function lintSnippets(snippets: Readonly<Record<string, string>>): Map<string, readonly string[]> {
  const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-guard-"));
  try {
    copyFileSync(join(REPOSITORY, ".oxlintrc.json"), join(folder, ".oxlintrc.json"));
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(TSCONFIG));
    for (const [path, text] of Object.entries(snippets)) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const found = runLint(folder);
    return new Map(
      Object.keys(snippets).map((path) => [
        path,
        found.filter(({ filename }) => filename === path).map(({ code }) => code),
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const TSCONFIG = {
  compilerOptions: {
    target: "es2024",
    module: "nodenext",
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    types: [],
  },
};

/** The linter exits with 1 when it finds something; its report is still on stdout. */
function runLint(folder: string): Report["diagnostics"] {
  const programs = join(REPOSITORY, "node_modules/.bin");
  const env = { ...process.env, OXLINT_TSGOLINT_PATH: join(programs, "tsgolint") };
  try {
    return parse(execFileSync(join(programs, "oxlint"), ["--format=json"], { cwd: folder, env, encoding: "utf8" }));
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    if (stdout === undefined || !stdout.startsWith("{")) throw error;
    return parse(stdout);
  }
}

function parse(report: string): Report["diagnostics"] {
  return (JSON.parse(report) as Report).diagnostics;
}

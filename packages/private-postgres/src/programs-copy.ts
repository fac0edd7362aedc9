import { lstatSync, realpathSync, statSync, writeFileSync } from "node:fs";
import { chmod, cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { readSmallFile } from "./read-small-file.ts";
import type { ServerAccount } from "./server-account.ts";
import type { ServerPrograms } from "./server-programs.ts";

const PREFIX = "cloud-monitor-postgres-";
const COMPLETE = "complete";

/**
 * Programs that the server's user may run. Those in a checkout that this user cannot reach (/root) are copied to a temporary
 * folder: 57 MB, 42 ms. A descriptor does not help here, because they find their libraries by their real path.
 * The state folder records where the copy is, so that the next start finds it after the daemon was killed.
 */
export async function reachablePrograms(
  programs: ServerPrograms,
  account: ServerAccount | null,
  stateDir: string,
): Promise<ServerPrograms> {
  const file = realpathSync(join(programs.binDir, "postgres"));
  if (account === null || mayRun(file, account)) return programs;
  const home = recordedCopy(stateDir) ?? (await makeCopy(dirname(dirname(file)), stateDir));
  return { ...programs, binDir: join(home, "bin") };
}

/** Does nothing when there is no copy. */
export async function removeProgramsCopy(stateDir: string): Promise<void> {
  const home = recordedPath(stateDir);
  if (home !== null) await rm(home, { recursive: true, force: true });
  await rm(recordFileOf(stateDir), { force: true });
}

/** Whether permission bits let the user reach and run the file; access control lists are ignored. */
export function mayRun(file: string, account: ServerAccount): boolean {
  for (let path = file; ; path = dirname(path)) {
    if (!mayExecute(path, account)) return false;
    if (path === dirname(path)) return true;
  }
}

function mayExecute(path: string, account: ServerAccount): boolean {
  const { mode, uid, gid } = statSync(path);
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}

async function makeCopy(from: string, stateDir: string): Promise<string> {
  await removeProgramsCopy(stateDir);
  const home = await mkdtemp(join(tmpdir(), PREFIX));
  // Recorded before it is filled, so that an incomplete copy is found and removed after the daemon was killed.
  writeFileSync(recordFileOf(stateDir), home, { mode: 0o600, flag: "wx" });
  await cp(from, home, { recursive: true, verbatimSymlinks: true });
  await chmod(home, 0o755);
  await writeFile(join(home, COMPLETE), "");
  return home;
}

function recordedCopy(stateDir: string): string | null {
  const home = recordedPath(stateDir);
  return home !== null && lstatSync(join(home, COMPLETE), { throwIfNoEntry: false })?.isFile() ? home : null;
}

/** Only a folder that we created counts: every user of the machine may write to the temporary folder. */
function recordedPath(stateDir: string): string | null {
  const home = readSmallFile(recordFileOf(stateDir));
  if (home === null || dirname(home) !== tmpdir() || !basename(home).startsWith(PREFIX)) return null;
  const stat = lstatSync(home, { throwIfNoEntry: false });
  return stat?.isDirectory() && stat.uid === process.getuid?.() ? home : null;
}

function recordFileOf(stateDir: string): string {
  return join(stateDir, "postgres-programs");
}

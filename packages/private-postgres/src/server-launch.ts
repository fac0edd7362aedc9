import { closeSync } from "node:fs";
import { join } from "node:path";
import type { Clock, Logger } from "./private-server-options.ts";
import { reachablePrograms } from "./programs-copy.ts";
import { runProgram } from "./run-program.ts";
import { dataMajorOf, FOLDER_IN_CHILD } from "./server-folder.ts";
import type { ServerFolder } from "./server-folder.ts";
import type { ServerLog } from "./server-log.ts";
import { findServer, spawnServer } from "./server-process.ts";
import type { ServerProcess } from "./server-process.ts";
import { findServerPrograms } from "./server-programs.ts";
import { initdbArguments } from "./server-settings.ts";
import { removeStaleLocks } from "./stale-lock.ts";

export interface LaunchOptions {
  readonly stateDir: string;
  readonly folder: ServerFolder;
  readonly log: ServerLog;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Replaces the search for programs. */
  readonly binDirs: readonly string[] | undefined;
  readonly signal: AbortSignal;
}

/** initdb takes 0.4 s on an idle machine; its fsyncs may take long on a busy disk. */
const INITDB_TIMEOUT_MS = 60_000;
const REMOVE_TIMEOUT_MS = 10_000;

/** The server that already runs on the folder, else a new one; the cluster is created when there is none. */
export async function launchServer(options: LaunchOptions): Promise<ServerProcess> {
  const { folder, log, logger } = options;
  const running = findServer(folder, options.clock);
  if (running !== null) return running;
  const dataMajor = dataMajorOf(folder);
  const found = await findServerPrograms(dataMajor, options.binDirs);
  const programs = await reachablePrograms(found, folder.account, options.stateDir);
  if (dataMajor === null) await makeCluster(programs.binDir, options);
  if (await removeStaleLocks(folder)) logger.warn("removed a stale PostgreSQL lock file");
  const logFd = log.open();
  try {
    return await spawnServer(programs.binDir, folder, logFd);
  } finally {
    closeSync(logFd);
  }
}

/** Made under another name and renamed when complete, so that an initdb that is killed leaves nothing that looks like a data directory. */
async function makeCluster(binDir: string, { folder, signal }: LaunchOptions): Promise<void> {
  const run = (file: string, args: string[], timeoutMs: number) =>
    runProgram({ file, args, account: folder.account, folderFd: folder.fd, timeoutMs, signal });
  const [fresh, data] = [`${FOLDER_IN_CHILD}/data.new`, `${FOLDER_IN_CHILD}/data`];
  // As the server's user, like initdb: root must not follow links that this user may have created.
  await run("rm", ["-rf", fresh], REMOVE_TIMEOUT_MS);
  await run(join(binDir, "initdb"), initdbArguments("data.new"), INITDB_TIMEOUT_MS);
  await run("mv", ["-T", fresh, data], REMOVE_TIMEOUT_MS);
  await run("sync", [FOLDER_IN_CHILD], REMOVE_TIMEOUT_MS);
}

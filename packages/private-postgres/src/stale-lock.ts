import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { SERVER_PORT } from "./server-folder.ts";
import type { ServerFolder } from "./server-folder.ts";
import { notedPid } from "./server-process.ts";
import { thrownError } from "./thrown-error.ts";

/**
 * Removes lock files that name a process which is alive but no server of this folder: after a restarted container the
 * number belongs to a stranger, and PostgreSQL would refuse to start. Only when nothing answers on the socket, for
 * a server in another process namespace has a number that means nothing here. Call it only when no server was found.
 */
export async function removeStaleLocks(folder: ServerFolder): Promise<boolean> {
  const pid = notedPid(folder);
  if (pid === null || !isAlive(pid)) return false;
  const socket = `.s.PGSQL.${SERVER_PORT}`;
  if (await answers(`${folder.socketHost}/${socket}`)) return false;
  rmSync(join(folder.path, "data", "postmaster.pid"), { force: true });
  rmSync(join(folder.path, `${socket}.lock`), { force: true });
  return true;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return thrownError(error).code === "EPERM";
  }
}

/** A Unix socket accepts or refuses at once: no deadline is needed. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => settle(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}

import { rmSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { SERVER_PORT } from "./server-folder.ts";
import type { ServerFolder } from "./server-folder.ts";
import { recordedPid } from "./server-process.ts";
import { toError } from "./to-error.ts";

/**
 * Removes lock files whose process is alive but not a server of this folder: after a container restart the process id
 * belongs to an unrelated process, and PostgreSQL would refuse to start. Only when nothing listens on the socket, because
 * the id of a server in another PID namespace means nothing here. Call it only when findServer() found none.
 */
export async function removeStaleLocks(folder: ServerFolder): Promise<boolean> {
  const pid = recordedPid(folder);
  if (pid === null || !isAlive(pid)) return false;
  const socket = `.s.PGSQL.${SERVER_PORT}`;
  if (await acceptsConnections(`${folder.socketHost}/${socket}`)) return false;
  rmSync(join(folder.path, "data", "postmaster.pid"), { force: true });
  rmSync(join(folder.path, `${socket}.lock`), { force: true });
  return true;
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return toError(error).code === "EPERM";
  }
}

/** A Unix socket accepts or refuses at once: no timeout is needed. */
function acceptsConnections(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", ({ code }: NodeJS.ErrnoException) => settle(code !== "ECONNREFUSED" && code !== "ENOENT"));
  });
}

import { accessSync, constants, readdirSync, readFileSync } from "node:fs";

/**
 * Exits this process with an exit code, whatever its threads do. Node's own exit waits for every thread, and one that is
 * stuck in a system call (a FIFO, a dead network mount) never terminates. execve(2) terminates all other threads in the
 * kernel, like _exit(2); Node provides only the former. All output must be written before: no exit event is emitted.
 */
export function endProcess(code: number): never {
  endChildren();
  // Minimal images have no shell; a second Node takes 40 ms instead of 1.
  if (isExecutable("/bin/sh")) process.execve!("/bin/sh", ["sh", "-c", `exit ${code}`], {});
  else process.execve!(process.execPath, ["node", "-e", `process.exit(${code})`], {});
  throw new Error("a successful execve does not return, and a failed one aborts the process");
}

/**
 * Children in our session are short-lived helpers: a remaining one is stuck. The private PostgreSQL, which outlives us on
 * purpose, has its own session.
 */
function endChildren(): void {
  const session = statOf("self")?.session;
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    const stat = statOf(pid);
    if (stat !== null && stat.parent === process.pid && stat.session === session) kill(Number(pid));
  }
}

/** Fields 4 and 6 of proc_pid_stat(5), counted after the name in parentheses; null when the process has exited. */
function statOf(pid: string): { parent: number; session: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "latin1");
    const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), session: Number(fields[3]) };
  } catch {
    return null;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has exited in the meantime.
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

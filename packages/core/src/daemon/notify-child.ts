import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/**
 * Sends one notification through the program `systemd-notify`: 3 ms, and the unit needs `NotifyAccess=all`.
 * Rejects when the program is missing or fails.
 */
export async function notifyByChild(address: string, assignments: readonly string[]): Promise<void> {
  await run("systemd-notify", ["--", ...assignments], {
    env: { NOTIFY_SOCKET: address, PATH: "/usr/bin:/bin" },
    timeout: 2000,
    killSignal: "SIGKILL",
  });
}

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, startService } from "./service.ts";

/** The bundle, built by `npm run bundle`. */
const DAEMON_BUNDLE = fileURLToPath(new URL("../../../core/dist/main.js", import.meta.url));

export const DAEMON_NEEDS = "packages/core/dist/main.js, which `pnpm run bundle` makes";

export const daemonBuilt = (): boolean => existsSync(DAEMON_BUNDLE);

export interface BenchDaemon {
  readonly pid: number;
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  stop(): Promise<void>;
}

/** A daemon in the host role: memory storage, one thread, and its own state folder, which is removed with it. */
export async function startDaemon(
  env: Readonly<Record<string, string>> = {},
  bundle: string = DAEMON_BUNDLE,
): Promise<BenchDaemon> {
  const stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-bench-"));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const removeState = () => rmSync(stateDir, { recursive: true, force: true });
  try {
    const service = await startService({
      file: process.execPath,
      // As `npm start` and the systemd unit start it.
      args: ["--max-semi-space-size=8", bundle],
      env: {
        MALLOC_ARENA_MAX: "1",
        NODE_OPTIONS: "",
        STORAGE: "memory",
        STATE_DIR: stateDir,
        HTTP_HOST: "127.0.0.1",
        HTTP_PORT: String(port),
        CLOUD_MONITOR_SHARDS_THREADS: "1",
        ...env,
      },
      url: `${url}/-/ready`,
    });
    return { pid: service.pid, url, stop: () => service.stop().finally(removeState) };
  } catch (error) {
    removeState();
    throw error;
  }
}

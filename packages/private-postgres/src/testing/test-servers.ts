import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll } from "@jest/globals";
import { PrivateServer } from "../private-server.ts";
import { clock, serverOptions } from "./server-options.ts";

export const FIXTURE = fileURLToPath(new URL("private-server.fixture.ts", import.meta.url));

const servers: PrivateServer[] = [];
const folders: string[] = [];
/** Processes that a test leaves running; killed after it. */
export const pids: number[] = [];

let seed: string;

beforeAll(async () => {
  seed = mkdtempSync(join(tmpdir(), "private-server-seed-"));
  const server = makeServer(seed);
  await server.start();
  await server.stop();
});

afterAll(() => rmSync(seed, { recursive: true, force: true }));

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  for (const pid of pids.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "private-server-"));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** With a cluster in it: a copy takes a tenth of the time of an initdb. */
export function makeStateDir(): string {
  const stateDir = makeFolder();
  execFileSync("cp", ["-a", join(seed, "postgres"), stateDir]);
  return stateDir;
}

export function makeServer(stateDir: string, binDirs?: readonly string[]): PrivateServer {
  const server = new PrivateServer(serverOptions(stateDir, binDirs));
  servers.push(server);
  return server;
}

export interface Daemon {
  readonly pid: number;
  readonly serverPid: number;
  readonly exited: Promise<unknown>;
  nextLine(): Promise<string>;
}

/** In its own process group, as started by a shell. */
export async function startDaemon(stateDir: string, account?: { uid: number; gid: number }): Promise<Daemon> {
  const child = spawn(process.execPath, ["--conditions=source", FIXTURE, stateDir], {
    detached: true,
    env: { PATH: "/usr/bin:/bin" },
    cwd: "/",
    stdio: ["ignore", "pipe", "inherit"],
    ...(account === undefined ? {} : { uid: account.uid, gid: account.gid }),
  });
  pids.push(child.pid!);
  const exited = once(child, "exit");
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextLine = async () => String((await lines.next()).value);
  const serverPid = Number(await nextLine());
  pids.push(serverPid);
  return { pid: child.pid!, serverPid, exited, nextLine };
}

/** A zombie has no executable: an adopted server is init's child, which may be late to reap it. */
export function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false;
  }
}

/** Polls until the condition holds; jest's own timeout ends a wait for one that never does. */
export async function eventually(condition: () => boolean): Promise<void> {
  while (!condition()) await clock.sleep(10);
}

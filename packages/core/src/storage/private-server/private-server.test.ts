import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { silentLogger } from "../../model/logger.ts";
import { systemClock } from "../../pipeline/system-clock.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { mayRun } from "./programs-copy.ts";
import { PrivateServer } from "./private-server.ts";
import { embeddedDirs, findServerPrograms } from "./server-programs.ts";

const FIXTURE = fileURLToPath(new URL("private-server.fixture.ts", import.meta.url));
const NOBODY = { name: "nobody", uid: 65534, gid: 65534 };
const IS_ROOT = process.getuid?.() === 0;

const servers: PrivateServer[] = [];
const folders: string[] = [];
const pids: number[] = [];

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

describe.each(await programSources())("with the programs in %s", (binDir) => {
  test("a fresh folder gets a cluster that answers, and stop() leaves no process", async () => {
    const server = makeServer(makeFolder(), [binDir]);

    const address = await server.start();

    expect(await query(address, "show listen_addresses")).toBe("");
    expect(await query(address, "show fsync")).toBe("on");
    expect(await query(address, "show synchronous_commit")).toBe("on");
    const { pid } = server.stats;
    await server.stop();
    await server.stop();
    expect(isAlive(pid!)).toBe(false);
    expect(server.stats).toMatchObject({ state: "stopped", pid: null });
  });

  test("what was stored is there after a restart", async () => {
    const stateDir = makeFolder();
    const first = makeServer(stateDir, [binDir]);
    await query(await first.start(), "create table kept as select 42 as answer");
    await first.stop();

    const address = await makeServer(stateDir, [binDir]).start();

    expect(await query(address, "select answer from kept")).toBe(42);
  });
});

test("only the leaf folder is closed to others", async () => {
  const stateDir = join(makeFolder(), "var");
  const server = makeServer(stateDir);

  await server.start();

  expect(statSync(stateDir).mode & 0o005).toBe(0o005);
  expect(statSync(server.location).mode & 0o777).toBe(0o700);
});

test("start() called twice gives one server", async () => {
  const server = makeServer(makeStateDir());

  const [first, second] = await Promise.all([server.start(), server.start()]);

  expect(second).toEqual(first);
});

test("stop() without start() and during it leaves nothing", async () => {
  const never = makeServer(makeFolder());
  await never.stop();
  const stateDir = makeFolder();
  const early = makeServer(stateDir);
  const start = early.start();

  const outcome = Promise.allSettled([start]);
  await early.stop();

  expect((await outcome)[0]).toMatchObject({ status: "rejected", reason: { code: "STORE_UNAVAILABLE" } });
  expect(early.stats.pid).toBeNull();
});

test("a server that is killed comes back by itself", async () => {
  const server = makeServer(makeStateDir());
  const address = await server.start();
  const { pid } = server.stats;

  process.kill(pid!, "SIGKILL");
  await until(() => server.stats.state === "running" && server.stats.restarts > 0);

  expect(server.stats.pid).not.toBe(pid);
  expect(await query(address, "select 1 as one")).toBe(1);
});

test("the server of a killed daemon is adopted, and ended by its new daemon", async () => {
  const stateDir = makeStateDir();
  const daemon = await startDaemon(stateDir);
  process.kill(daemon.pid, "SIGKILL");
  await daemon.exited;
  const server = makeServer(stateDir);

  const address = await server.start();

  expect(server.stats).toMatchObject({ adopted: true, pid: daemon.serverPid });
  expect(await query(address, "select 1 as one")).toBe(1);
  await server.stop();
  expect(isAlive(daemon.serverPid)).toBe(false);
});

test("an adopted server that is killed is followed by one of our own", async () => {
  const stateDir = makeStateDir();
  const daemon = await startDaemon(stateDir);
  process.kill(daemon.pid, "SIGKILL");
  await daemon.exited;
  const server = makeServer(stateDir);
  const address = await server.start();

  process.kill(daemon.serverPid, "SIGKILL");
  await until(() => server.stats.state === "running" && server.stats.restarts > 0);

  expect(server.stats.adopted).toBe(false);
  expect(await query(address, "select 1 as one")).toBe(1);
});

test("a Ctrl-C of the terminal reaches the daemon and not its server", async () => {
  const daemon = await startDaemon(makeStateDir());

  process.kill(-daemon.pid, "SIGINT");

  expect(await daemon.nextLine()).toBe("still here");
  await daemon.exited;
  expect(isAlive(daemon.serverPid)).toBe(false);
});

test("a path too long for a socket is reached by descriptor", async () => {
  const stateDir = join(makeFolder(), "x".repeat(90), "y".repeat(30));
  mkdirSync(stateDir, { recursive: true });

  const address = await makeServer(stateDir).start();

  expect(address).toMatchObject({ host: expect.stringMatching(/^\/proc\/self\/fd\/\d+$/) });
  expect(await query(address, "select 1 as one")).toBe(1);
});

test("a killed initdb leaves nothing that the next start takes for data", async () => {
  const stateDir = makeStateDir();
  const folder = join(stateDir, "postgres");
  execFileSync("mv", [join(folder, "data"), join(folder, "data.new")]);

  const address = await makeServer(stateDir).start();

  expect(await query(address, "select 1 as one")).toBe(1);
  expect(readdirSync(folder)).not.toContain("data.new");
});

test("lock files that name a stranger, as after a restarted container, do not stop the start", async () => {
  const stateDir = makeStateDir();
  const stranger = spawn("sleep", ["60"], IS_ROOT ? ownerOf(join(stateDir, "postgres")) : {});
  pids.push(stranger.pid!);
  writeFileSync(join(stateDir, "postgres", "data", "postmaster.pid"), `${stranger.pid}\n`);

  const address = await makeServer(stateDir).start();

  expect(await query(address, "select 1 as one")).toBe(1);
});

test("data of another major version is refused with both versions named", async () => {
  const stateDir = makeStateDir();
  writeFileSync(join(stateDir, "postgres", "data", "PG_VERSION"), "9\n");

  const start = makeServer(stateDir).start();

  await expect(start).rejects.toMatchObject({
    code: "STORE_DATA_FOREIGN",
    message: expect.stringMatching(/PostgreSQL 9, .* are of \d\d/),
  });
});

test("a machine without programs is told what to install", async () => {
  const start = makeServer(makeFolder(), [makeFolder()]).start();

  await expect(start).rejects.toMatchObject({
    code: "STORE_BINARIES_MISSING",
    message: expect.stringContaining("install the package postgresql"),
  });
});

test("a server that refuses its data is an outage that names the server's own words", async () => {
  const stateDir = makeStateDir();
  rmSync(join(stateDir, "postgres", "data", "global"), { recursive: true });

  const start = makeServer(stateDir).start();

  await expect(start).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  await expect(start).rejects.toThrow(/could not open file .*pg_control/);
});

if (IS_ROOT) {
  test("as root the server runs as another user, and a folder under a closed one is no obstacle", async () => {
    const closed = makeFolder();
    chmodSync(closed, 0o700);
    const server = makeServer(join(closed, "var"));

    const address = await server.start();

    expect(await query(address, "select 1 as one")).toBe(1);
    expect(statSync(`/proc/${server.stats.pid}`).uid).not.toBe(0);
  });

  test.each(embeddedDirs())(
    "packaged programs under a closed folder are copied, reused and removed",
    async (binDir) => {
      const closed = makeFolder();
      cpSync(dirname(binDir), join(closed, "native"), { recursive: true, verbatimSymlinks: true });
      chmodSync(closed, 0o700);
      const stateDir = join(closed, "var");
      const server = makeServer(stateDir, [join(closed, "native", "bin")]);

      const address = await server.start();

      const copy = readFileSync(join(stateDir, "postgres-programs"), "utf8");
      expect(dirname(copy)).toBe(tmpdir());
      expect(await query(address, "select 1 as one")).toBe(1);
      await server.stop();
      expect(existsSync(copy)).toBe(false);
    },
  );
}

if (IS_ROOT && mayRun(process.execPath, NOBODY) && mayRun(FIXTURE.replace(/[^/]+$/, ""), NOBODY)) {
  test("an ordinary user runs the server as itself", async () => {
    const stateDir = makeFolder();
    execFileSync("chown", ["nobody", stateDir]);

    const daemon = await startDaemon(stateDir, NOBODY);

    expect(statSync(`/proc/${daemon.serverPid}`).uid).toBe(NOBODY.uid);
    process.kill(daemon.pid, "SIGINT");
    expect(await daemon.nextLine()).toBe("still here");
    await daemon.exited;
    expect(isAlive(daemon.serverPid)).toBe(false);
  });
}

/** One entry a place that programs were found in here: the system's, the packaged ones. */
async function programSources(): Promise<string[]> {
  const system = await findServerPrograms(null);
  return [...new Set([system.binDir, ...embeddedDirs()])];
}

function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "private-server-"));
  chmodSync(folder, 0o755);
  folders.push(folder);
  return folder;
}

/** With a cluster in it: a copy takes a tenth of an initdb. */
function makeStateDir(): string {
  const stateDir = makeFolder();
  execFileSync("cp", ["-a", join(seed, "postgres"), stateDir]);
  return stateDir;
}

function makeServer(stateDir: string, binDirs?: string[]): PrivateServer {
  const server = new PrivateServer({
    stateDir,
    logger: silentLogger,
    clock: systemClock,
    random: () => 0.5,
    ...(binDirs === undefined ? {} : { binDirs }),
  });
  servers.push(server);
  return server;
}

interface Daemon {
  readonly pid: number;
  readonly serverPid: number;
  readonly exited: Promise<unknown>;
  nextLine(): Promise<string>;
}

/** In a process group of its own, as a shell starts it. */
async function startDaemon(stateDir: string, account?: { uid: number; gid: number }): Promise<Daemon> {
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

async function query(address: PostgresAddress, sql: string): Promise<unknown> {
  const client = new pg.Client(address);
  await client.connect();
  try {
    const { rows } = await client.query(sql);
    return rows[0] === undefined ? undefined : Object.values(rows[0] as object)[0];
  } finally {
    await client.end();
  }
}

function ownerOf(path: string): { uid: number; gid: number } {
  const { uid, gid } = statSync(path);
  return { uid, gid };
}

/** A zombie has no program any more: an adopted server is init's child, which may be late to collect it. */
function isAlive(pid: number): boolean {
  try {
    return readlinkSync(`/proc/${pid}/exe`) !== "";
  } catch {
    return false;
  }
}

/** Looks at a state of the world until it holds; jest's own deadline ends a wait that never does. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => systemClock.after(10, () => resolve(undefined)));
}

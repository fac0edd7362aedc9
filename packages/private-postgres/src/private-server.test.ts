import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { embeddedDirs, findServerPrograms } from "./server-programs.ts";
import { isAlive, makeFolder, makeServer, makeStateDir, startDaemon, eventually } from "./testing/test-servers.ts";
import { query } from "./testing/server-options.ts";

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

test("only the leaf folder is private", async () => {
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

  expect((await outcome)[0]).toMatchObject({ status: "rejected", reason: { code: "UNAVAILABLE" } });
  expect(early.stats.pid).toBeNull();
});

test("a server that is killed is restarted", async () => {
  const server = makeServer(makeStateDir());
  const address = await server.start();
  const { pid } = server.stats;

  process.kill(pid!, "SIGKILL");
  await eventually(() => server.stats.state === "running" && server.stats.restarts > 0);

  expect(server.stats.pid).not.toBe(pid);
  expect(await query(address, "select 1 as one")).toBe(1);
});

test("the server of a killed daemon is adopted and stopped by the next daemon", async () => {
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

test("an adopted server that is killed is replaced by a new one", async () => {
  const stateDir = makeStateDir();
  const daemon = await startDaemon(stateDir);
  process.kill(daemon.pid, "SIGKILL");
  await daemon.exited;
  const server = makeServer(stateDir);
  const address = await server.start();

  process.kill(daemon.serverPid, "SIGKILL");
  await eventually(() => server.stats.state === "running" && server.stats.restarts > 0);

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

/** One entry per place with programs on this machine: the system's, the packaged ones. */
async function programSources(): Promise<string[]> {
  const system = await findServerPrograms(null);
  return [...new Set([system.binDir, ...embeddedDirs()])];
}

import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { FIXTURE, makeFolder, makeServer, makeStateDir, pids } from "./testing/test-servers.ts";
import { query } from "./testing/server-options.ts";

test("a path too long for a socket is reached by descriptor", async () => {
  const stateDir = join(makeFolder(), "x".repeat(90), "y".repeat(30));
  mkdirSync(stateDir, { recursive: true });

  const address = await makeServer(stateDir).start();

  expect(address).toMatchObject({ host: expect.stringMatching(/^\/proc\/self\/fd\/\d+$/) });
  expect(await query(address, "select 1 as one")).toBe(1);
});

test("an initdb that was killed leaves nothing that the next start takes for a data directory", async () => {
  const stateDir = makeStateDir();
  const folder = join(stateDir, "postgres");
  execFileSync("mv", [join(folder, "data"), join(folder, "data.new")]);

  const address = await makeServer(stateDir).start();

  expect(await query(address, "select 1 as one")).toBe(1);
  expect(readdirSync(folder)).not.toContain("data.new");
});

test("lock files that name an unrelated process, as after a container restart, do not prevent the start", async () => {
  const stateDir = makeStateDir();
  const unrelated = spawn("sleep", ["60"], process.getuid?.() === 0 ? ownerOf(join(stateDir, "postgres")) : {});
  pids.push(unrelated.pid!);
  writeFileSync(join(stateDir, "postgres", "data", "postmaster.pid"), `${unrelated.pid}\n`);

  const address = await makeServer(stateDir).start();

  expect(await query(address, "select 1 as one")).toBe(1);
});

test("data of another major version is refused, and the error names both versions", async () => {
  const stateDir = makeStateDir();
  writeFileSync(join(stateDir, "postgres", "data", "PG_VERSION"), "9\n");

  const start = makeServer(stateDir).start();

  await expect(start).rejects.toMatchObject({
    code: "DATA_INCOMPATIBLE",
    message: expect.stringMatching(/PostgreSQL 9, .* are for \d\d/),
  });
});

test("without programs the error names the package to install", async () => {
  const start = makeServer(makeFolder(), [makeFolder()]).start();

  await expect(start).rejects.toMatchObject({
    code: "PROGRAMS_MISSING",
    message: expect.stringContaining("install the package postgresql"),
  });
});

test("a server that refuses its data is an outage, and the error quotes the server's log", async () => {
  const stateDir = makeStateDir();
  rmSync(join(stateDir, "postgres", "data", "global"), { recursive: true });

  const start = makeServer(stateDir).start();

  await expect(start).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  await expect(start).rejects.toThrow(/could not open file .*pg_control/);
});

const mayMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
const testOnFullDisk = mayMount ? test.each : test.skip.each;
const title = mayMount ? "%s on a full disk" : "skipped: needs unshare --mount: %s on a full disk";

testOnFullDisk([
  ["a server", "48m", 'cp -a "$2/postgres" "$1"; cat /dev/zero > "$1/fill" || true'],
  ["initdb", "4m", "true"],
])(`${title} names the missing space as its reason`, (_, size, fill) => {
  const seed = makeStateDir();
  const script = `mount -t tmpfs -o size=${size} tmpfs "$1"; ${fill}; exec "$3" --conditions=source "$4" "$1"`;
  const args = [makeFolder(), seed, process.execPath, FIXTURE];

  const run = spawnSync("unshare", ["--mount", "sh", "-ec", script, "sh", ...args], { cwd: "/", encoding: "utf8" });

  expect(run.status).toBe(1);
  expect(run.stderr).toMatch(/the private PostgreSQL does not respond: .*no space left on/i);
});

function ownerOf(path: string): { uid: number; gid: number } {
  const { uid, gid } = statSync(path);
  return { uid, gid };
}

import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, test } from "@jest/globals";
import { mayRun } from "./programs-copy.ts";
import { embeddedDirs } from "./server-programs.ts";
import { FIXTURE, isAlive, makeFolder, makeServer, startDaemon } from "./testing/test-servers.ts";
import { query } from "./testing/server-options.ts";

const NOBODY = { name: "nobody", uid: 65534, gid: 65534 };
const IS_ROOT = process.getuid?.() === 0;

test("a program in a folder without access for others can be run by its owner only", () => {
  const closed = makeFolder();
  const program = join(closed, "postgres");
  cpSync("/bin/true", program, { dereference: true });
  const { uid, gid } = statSync(program);
  chmodSync(closed, 0o700);

  expect(mayRun(program, { name: "other", uid: uid + 1, gid: gid + 1 })).toBe(false);
  chmodSync(closed, 0o755);
  expect(mayRun(program, { name: "other", uid: uid + 1, gid: gid + 1 })).toBe(true);
  expect(mayRun(program, { name: "owner", uid, gid })).toBe(true);
});

if (IS_ROOT) {
  test("as root the server runs as another user, also below a folder which that user cannot enter", async () => {
    const closed = makeFolder();
    chmodSync(closed, 0o700);
    const server = makeServer(join(closed, "var"));

    const address = await server.start();

    expect(await query(address, "select 1 as one")).toBe(1);
    expect(statSync(`/proc/${server.stats.pid}`).uid).not.toBe(0);
  });

  test.each(embeddedDirs())(
    "packaged programs below a folder without access are copied, reused and removed",
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

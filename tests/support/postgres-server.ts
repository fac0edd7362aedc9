import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, closeSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPool } from "../../packages/core/src/storage/postgres/pool.ts";
import type { PostgresAddress } from "../../packages/core/src/storage/postgres-address.ts";
import { silentLogger } from "../../packages/core/src/model/logger.ts";
import { eventually } from "./eventually.ts";
import { findBinaries, serverUser, type ServerUser } from "./postgres-binaries.ts";

/** A separate PostgreSQL in a temporary folder, on a Unix socket, and on 127.0.0.1 if a port is given. It is stopped and removed when this process exits. */
export class PostgresServer {
  readonly #folder: string;
  readonly #bin: string;
  readonly #user: ServerUser | null;
  readonly #guard: ChildProcess;
  readonly #guardEnded: Promise<unknown>;
  #server: ChildProcess | null = null;

  readonly #tcpPort: number | null;

  static async create(tcpPort: number | null = null): Promise<PostgresServer> {
    const server = new PostgresServer(tcpPort);
    await server.start();
    return server;
  }

  private constructor(tcpPort: number | null) {
    this.#tcpPort = tcpPort;
    this.#user = serverUser();
    const { bin, temporary } = findBinaries(this.#user);
    this.#bin = bin;
    this.#folder = mkdtempSync(join(tmpdir(), "cloud-monitor-test-"));
    if (this.#user !== null) chownSync(this.#folder, this.#user.uid, this.#user.gid);
    this.#guard = startGuard([bin, this.#folder, temporary ?? ""], this.#user);
    this.#guardEnded = once(this.#guard, "exit");
    this.#run("initdb", ["-D", this.#data, "-U", USER, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]);
  }

  /** Writes a file of the data folder (`pg_hba.conf`, `server.key`), readable only by the server. */
  write(name: string, content: string): void {
    const path = join(this.#data, name);
    writeFileSync(path, content, { mode: 0o600 });
    if (this.#user !== null) chownSync(path, this.#user.uid, this.#user.gid);
  }

  /** The folder of the socket serves as host. */
  address(database: string): PostgresAddress {
    return { host: this.#folder, port: this.#tcpPort ?? PORT, user: USER, database };
  }

  url(database: string): string {
    return `postgresql://${USER}@${encodeURIComponent(this.#folder)}:${this.#tcpPort ?? PORT}/${database}`;
  }

  /** Starts it, also after `stop`. Detached, so that a Ctrl-C in the terminal does not reach it before the tests end. */
  async start(): Promise<void> {
    const log = openSync(join(this.#folder, "log"), "a");
    const tcp =
      this.#tcpPort === null ? ["listen_addresses="] : ["listen_addresses=127.0.0.1", `port=${this.#tcpPort}`];
    const options = [...tcp, "fsync=off", "max_connections=60", "jit=off"].flatMap((one) => ["-c", one]);
    const server = spawn(join(this.#bin, "postgres"), ["-D", this.#data, "-k", this.#folder, ...options], {
      ...this.#user,
      detached: true,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    this.#server = server;
    await this.#answering(server);
  }

  /** Stops the server by its pid; `SIGQUIT` like a crash, `SIGINT` cleanly, both immediately. */
  async stop(signal: "SIGINT" | "SIGQUIT" = "SIGINT"): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server?.pid === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, "exit");
    process.kill(server.pid, signal);
    await exited;
  }

  /** Stops the server and removes its folder. */
  async dispose(): Promise<void> {
    await this.stop();
    this.#guard.stdin?.end();
    await this.#guardEnded;
  }

  get #data(): string {
    return join(this.#folder, "data");
  }

  async #answering(server: ChildProcess): Promise<void> {
    const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
    await eventually(async () => hasEnded() || (await answers(this.address("postgres"))));
    if (hasEnded()) throw new Error(`PostgreSQL ended: ${readFileSync(join(this.#folder, "log"), "utf8")}`);
  }

  #run(program: string, args: readonly string[]): void {
    const done = spawnSync(join(this.#bin, program), args, { ...this.#user, encoding: "utf8", cwd: this.#folder });
    if (done.status !== 0) throw new Error(`${program} failed: ${done.stderr || String(done.error)}`);
  }
}

const USER = "postgres";
const PORT = 5432;

/**
 * Runs until our end of its pipe is closed, which the kernel also does on Ctrl-C and `kill -9`; then it stops the server, if
 * it runs, and removes the folders.
 */
function startGuard(args: readonly string[], user: ServerUser | null): ChildProcess {
  const script = 'cat >/dev/null; "$1/pg_ctl" stop -D "$2/data" -m immediate; rm -rf "$2"; test -z "$3" || rm -rf "$3"';
  return spawn("/bin/sh", ["-c", script, "guard", ...args], {
    ...user,
    detached: true,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
  });
}

async function answers(address: PostgresAddress): Promise<boolean> {
  const pool = await openPool({ address, size: 1, logger: silentLogger, purpose: "service" });
  try {
    await pool.query("select 1");
    return true;
  } catch {
    return false;
  } finally {
    await pool.end();
  }
}

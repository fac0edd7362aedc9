import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { parseDatabaseUrl } from "../../packages/core/src/config/database/database-url.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import { silentLogger } from "../../packages/core/src/model/logger.ts";
import { batchOf, write } from "../../packages/core/src/storage/testing/fixtures.ts";
import { openPool } from "../../packages/core/src/storage/postgres/pool.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { querying } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { NAME, namesAfterUse, refusalOf, UNSUITABLE } from "../support/use-storage.ts";

/** Settings of a role that change the meaning of statements, the format of their results, or their timeouts. */
const UNUSUAL = {
  datestyle: "German, DMY",
  timezone: "Asia/Kathmandu",
  intervalstyle: "sql_standard",
  bytea_output: "escape",
  extra_float_digits: "-15",
  client_encoding: "LATIN1",
  client_min_messages: "debug1",
  standard_conforming_strings: "off",
  backslash_quote: "off",
  array_nulls: "off",
  quote_all_identifiers: "on",
  transform_null_equals: "on",
  row_security: "off",
  default_transaction_isolation: "serializable",
  default_transaction_deferrable: "on",
  statement_timeout: "2s",
  lock_timeout: "1s",
  idle_in_transaction_session_timeout: "1s",
  idle_session_timeout: "1s",
  synchronous_commit: "off",
  enable_indexscan: "off",
  plan_cache_mode: "force_generic_plan",
  search_path: "odd, public",
} as const;
const now = new ManualClock().wallMs();

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.create();
});
afterAll(() => server.dispose());

const sql = <Row>(text: string, database = "postgres") => querying(server.url(database)).sql<Row>(text);

describe("a role with unusual settings", () => {
  beforeAll(async () => {
    await sql("create role odd login");
    await sql("create database odd owner odd");
    await sql("create schema odd authorization odd", "odd");
    for (const [name, value] of Object.entries(UNUSUAL)) {
      const list = name === "search_path" ? value : `'${value}'`;
      await sql(`alter role odd set ${name} = ${list}`);
    }
  });

  test("stores and reads as any other", async () => {
    expect(await namesAfterUse(server.url("odd").replace("postgres@", "odd@"))).toEqual([NAME]);
  });

  test("flushes its samples to disk nevertheless, and stores them in its own schema", async () => {
    const { address } = parseDatabaseUrl(server.url("odd").replace("postgres@", "odd@"));
    const pool = await openPool({ address, size: 1, logger: silentLogger, purpose: "service" });
    const { rows } = await pool.query(
      "select current_setting('synchronous_commit') as commit, to_regclass('odd.instance') is not null as there",
    );
    await pool.end();

    expect(rows).toEqual([{ commit: "on", there: true }]);
  });

  test("is what the address says, not what PG* variables of the environment say", async () => {
    const variables = {
      PGOPTIONS: "-c work_mem=1MB",
      PGSSLMODE: "require",
      PGPASSWORD: "x",
      PGAPPNAME: "x",
      PGUSER: "x",
    };
    const before = { ...process.env };
    Object.assign(process.env, variables);
    try {
      const pool = await openPool({
        address: server.address("odd"),
        size: 1,
        logger: silentLogger,
        purpose: "service",
      });
      const { rows } = await pool.query(
        "select current_setting('work_mem') as memory, current_setting('application_name') as name, session_user as user",
      );
      await pool.end();

      expect(rows).toEqual([{ memory: "4MB", name: "cloud-monitor", user: "postgres" }]);
    } finally {
      for (const name of Object.keys(variables)) delete process.env[name];
      Object.assign(process.env, before);
    }
  });

  test("shares its database with a daemon in another schema", async () => {
    await sql("create role other login");
    await sql("create schema other authorization other", "odd");
    await sql("alter role other set search_path = other");

    expect(await namesAfterUse(server.url("odd").replace("postgres@", "other@"))).toEqual([NAME]);
  });
});

describe("a database that cannot serve", () => {
  test.each([
    ["LATIN1", "encoding 'LATIN1'"],
    ["SQL_ASCII", "encoding 'SQL_ASCII'"],
    ["EUC_JP", "encoding 'EUC_JP'"],
  ])("is refused at the start for its encoding %s", async (encoding, options) => {
    const name = encoding.toLowerCase();
    await sql(`create database ${name} ${options} lc_collate 'C' lc_ctype 'C' template template0`);

    const error = await refusalOf(server.url(name));

    expect(error).toMatchObject(UNSUITABLE);
    expect(String(error)).toMatch(new RegExp(`${encoding}.*UTF8`));
  });

  test("is refused for rights or a schema that its user lacks, naming what to do", async () => {
    await sql("create role guest login");
    await sql("create role lost login");
    await sql("alter role lost set search_path = nowhere");

    const guest = await refusalOf(server.url("postgres").replace("postgres@", "guest@"));
    const lost = await refusalOf(server.url("postgres").replace("postgres@", "lost@"));

    expect(guest).toMatchObject({ ...UNSUITABLE, message: expect.stringMatching(/permission denied.*grant/) });
    expect(lost).toMatchObject({ ...UNSUITABLE, message: expect.stringMatching(/schema.*search_path/) });
  });

  test("is waited for while it has no connection left", async () => {
    await sql("create role crowded login connection limit 0");

    const error = await refusalOf(server.url("postgres").replace("postgres@", "crowded@"));

    expect(error).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  });

  test.each([
    ["HTTP", "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"],
    ["MySQL", "\x4a\0\0\0\x0a8.0.32\0"],
  ])("is refused when it speaks %s", async (_, greeting) => {
    const stranger = createServer((socket) => {
      socket.on("error", () => {});
      socket.end(greeting);
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as AddressInfo;

    const errors = await Promise.all(
      ["prefer", "disable"].map((mode) => refusalOf(`postgresql://u@127.0.0.1:${port}/d?sslmode=${mode}`)),
    );
    stranger.close();

    for (const error of errors) {
      expect(error).toMatchObject({ ...UNSUITABLE, message: expect.stringContaining("is not PostgreSQL") });
    }
  });
});

describe("a server that requests what the driver does not support", () => {
  test("such as Kerberos is refused, and does not end the process", async () => {
    const kerberos = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 7]);
    const stranger = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", () => socket.write(kerberos));
    }).listen(0, "127.0.0.1");
    await once(stranger, "listening");
    const { port } = stranger.address() as AddressInfo;

    const error = await refusalOf(`postgresql://u@127.0.0.1:${port}/d?sslmode=disable`);
    stranger.close();

    expect(error).toMatchObject({ ...UNSUITABLE, message: expect.stringContaining("pg_hba.conf") });
  });
});

describe("a database that did work", () => {
  let storage: PostgresStorage;

  beforeEach(async () => {
    await sql("drop database if exists changing with (force)");
    await sql("drop role if exists changing");
    await sql("create role changing login");
    await sql("create database changing owner changing");
    storage = newPostgresStorage(parseDatabaseUrl(server.url("changing").replace("postgres@", "changing@")).address);
  });

  test("loses no samples when it later refuses its user or a privilege: they are buffered", async () => {
    await storage.start();
    await storage.maintain();

    await sql("revoke all on sample from changing", "changing");
    const right = await write(storage, "one", batchOf([{ id: 1, ts: now }])).catch((error: unknown) => error);
    await sql("alter role changing nologin");
    await sql("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'changing'");
    await write(storage, "two", batchOf([{ id: 1, ts: now }])).catch(() => null);
    const login = await write(storage, "two", batchOf([{ id: 1, ts: now }])).catch((error: unknown) => error);
    await storage.stop();

    expect(right).toMatchObject({
      code: "STORE_UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining("denied"),
    });
    expect(login).toMatchObject({
      code: "STORE_UNAVAILABLE",
      retryable: true,
      message: expect.stringContaining("log in"),
    });
  });
});

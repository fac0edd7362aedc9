import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { CORE_METRICS } from "../../packages/core/src/model/core-metrics.ts";
import { parseDatabaseUrl } from "../../packages/core/src/config/database/database-url.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase, urlOfDatabase, type TestDatabase } from "../support/postgres.ts";

describe("the schema", () => {
  let database: TestDatabase;

  beforeEach(async () => {
    database = await createTestDatabase();
  });
  afterEach(async () => {
    await database.drop();
  });

  test("has a column for each core metric, of its type, and no other", async () => {
    const storage = newPostgresStorage(database.address);
    await storage.start();
    await storage.stop();

    const columns = await database.sql<{ name: string; type: string }>(
      `select attname as name, format_type(atttypid, null) as type from pg_attribute
       where attrelid = 'sample'::regclass and attnum > 0 and attname not in ('instance_id', 'ts')`,
    );

    const types = { float4: "real", float8: "double precision" };
    const wanted = CORE_METRICS.map((metric) => [metric.name, types[metric.storage]]);
    expect(new Map(columns.map(({ name, type }) => [name, type]))).toEqual(new Map(wanted as [string, string][]));
  });

  test("is created once by three daemons that start concurrently", async () => {
    const storages = [1, 2, 3].map(() => newPostgresStorage(database.address));

    await Promise.all(storages.map((storage) => storage.start()));

    const rows = await database.sql<{ name: string }>("select name from schema_migration");
    expect(rows.map((row) => row.name)).toEqual([
      "0001-instances-and-samples",
      "0002-retention-clock",
      "0003-profiles-and-modules",
      "0004-events",
    ]);
    await Promise.all(storages.map((storage) => storage.stop()));
  });

  test("of a newer release is refused and not changed", async () => {
    const storage = newPostgresStorage(database.address);
    await storage.start();
    await storage.stop();
    await database.sql("insert into schema_migration (name, timestamp) values ('0999-from-the-future', '2030')");

    await expect(storage.start()).rejects.toMatchObject({
      code: "STORE_SCHEMA_NEWER",
      retryable: false,
      message: expect.stringContaining("0999-from-the-future"),
    });
    await expect(storage.instances.load()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  });

  test("in a database that is not there is no matter of waiting", async () => {
    const storage = newPostgresStorage(parseDatabaseUrl(urlOfDatabase(database.url, "nowhere")).address);

    await expect(storage.start()).rejects.toMatchObject({ code: "STORE_CREDENTIALS_REFUSED", retryable: false });
    await storage.stop();
  });

  test("cannot be reached by a user that is not there, nor is that a matter of waiting", async () => {
    const url = new URL(database.url);
    url.username = "nobody-of-that-name";
    url.password = "hunter2hunter2";
    const storage = newPostgresStorage(parseDatabaseUrl(url.href).address);

    const error: unknown = await storage.start().catch((thrown: unknown) => thrown);

    expect(error).toMatchObject({ code: "STORE_CREDENTIALS_REFUSED", retryable: false });
    expect(String(error)).not.toContain("hunter2hunter2");
    await storage.stop();
  });

  test("that cannot be created reports the SQLSTATE", async () => {
    await database.sql("create table sample (unlike integer)");
    const storage = newPostgresStorage(database.address);

    await expect(storage.start()).rejects.toMatchObject({
      code: "STORE_FAILED",
      retryable: false,
      message: expect.stringContaining("42P07"),
    });
    await storage.stop();
  });
});

test("every connection has its limits", async () => {
  const database = await createTestDatabase();
  const { openPool } = await import("../../packages/core/src/storage/postgres/pool.ts");
  const { silentLogger } = await import("../../packages/core/src/model/logger.ts");
  const pool = await openPool({ address: database.address, size: 1, logger: silentLogger, purpose: "service" });

  const { rows } = await pool.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings
     where name in ('statement_timeout', 'lock_timeout', 'application_name') order by name`,
  );

  expect(rows.map((row) => row.setting)).toEqual(["cloud-monitor", "3000", "9000"]);
  await pool.end();
  await database.drop();
});

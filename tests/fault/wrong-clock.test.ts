import { globSync } from "node:fs";
import { expect } from "@jest/globals";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { createTestDatabase } from "../support/postgres.ts";
import type { TestDatabase } from "../support/postgres.ts";
import { needs } from "../support/programs.ts";

/** Changes the wall clock of one process, but not its monotonic clock, which its timers use. */
function underClock(offset: string): Readonly<Record<string, string>> {
  const [library] = globSync("/usr/lib/*/faketime/libfaketimeMT.so.1");
  return { LD_PRELOAD: library!, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}

/** A separate daemon that stores some rows of its host and stops. Resolves to its log. */
async function storeSome(database: TestDatabase, offset: string): Promise<string> {
  const env = { DATABASE_URL: database.url, DEFAULT_INTERVAL: "1", ...underClock(offset) };
  await using daemon = new TestDaemon({ env });
  await daemon.url();
  await eventually(
    () => daemon.metric("cloud_monitor_rows_stored_total"),
    (rows) => rows > 1,
  );
  await daemon.stop();
  return daemon.stdout;
}

async function countBy(database: TestDatabase, condition: string): Promise<number> {
  const [counted] = await database.sql<{ rows: number }>(`select count(*)::int as rows from sample where ${condition}`);
  return counted!.rows;
}

needs("faketime")(
  "a daemon that starts with its clock three days ahead, and again with the right one, deletes no row",
  async () => {
    await using database = await createTestDatabase();

    await storeSome(database, "+0");
    const before = await countBy(database, "ts < now() + interval '1 day'");
    const log = await storeSome(database, "+3d");
    const during = await countBy(database, "ts < now() + interval '1 day'");
    await storeSome(database, "+0");

    expect(before).toBeGreaterThan(0);
    expect(during).toBe(before);
    expect(log).toContain("partition dropping suspended");
    expect(await countBy(database, "ts < now() + interval '1 day'")).toBeGreaterThan(before);
    expect(await countBy(database, "ts > now() + interval '1 day'")).toBeGreaterThan(0);
  },
  120_000,
);

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Batch } from "@cloud-monitor/core";
import {
  createPrivateServer,
  isCloudMonitorError,
  PostgresStorage,
  privateAddress,
  silentLogger,
  systemClock,
  systemRandom,
} from "@cloud-monitor/core";
import pg from "pg";
import { copyBinary, encodeCopy } from "./support/copy-binary.ts";
import { median } from "./support/median.ts";
import { report, skip } from "./support/report.ts";
import { sampleBatch } from "./support/sample-batch.ts";

/**
 * Rows per second into PostgreSQL: PostgresStorage.write compared with COPY BINARY of the same rows into the same table of the
 * same server, in alternation. The product also stores the batch's id and checks for replays; COPY does neither.
 */
const BATCH_ROWS = 5_000;
const BATCHES = 40;
const ROUNDS = 5;
/** What the storage's limits ask for; a private server of its own keeps fsync and synchronous_commit on. */
const RETENTION_MS = 24 * 3_600_000;

type Contender = (batches: readonly Batch[], round: number) => Promise<void>;

const stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-bench-"));
const server = createPrivateServer({ stateDir, logger: silentLogger, clock: systemClock, random: systemRandom });
try {
  await compare();
} catch (error) {
  if (!isCloudMonitorError(error) || error.code !== "STORE_BINARIES_MISSING") throw error;
  skip("ingest", "PostgreSQL server programs");
} finally {
  await server.stop();
  rmSync(stateDir, { recursive: true, force: true });
}

async function compare(): Promise<void> {
  const address = await privateAddress(server);
  const storage = new PostgresStorage({
    resolveAddress: () => Promise.resolve(address),
    location: "a private server of this benchmark",
    poolSize: 1,
    retentionRawMs: RETENTION_MS,
    retentionEventsMs: RETENTION_MS,
    clock: systemClock,
    logger: silentLogger,
  });
  const client = new pg.Client(address);
  try {
    await storage.start();
    await client.connect();
    await race(contenders(storage, client), client);
  } finally {
    await client.end();
    await storage.stop();
  }
}

function contenders(storage: PostgresStorage, client: pg.Client): ReadonlyMap<string, Contender> {
  const prepared = new Map<Batch, Buffer>();
  return new Map<string, Contender>([
    [
      "COPY BINARY, bytes made beforehand",
      async (batches) => {
        for (const batch of batches) await copyBinary(client, prepared.get(batch)!);
      },
    ],
    [
      "COPY BINARY",
      async (batches) => {
        for (const batch of batches) {
          const bytes = encodeCopy(batch);
          prepared.set(batch, bytes);
          await copyBinary(client, bytes);
        }
      },
    ],
    [
      "PostgresStorage.write",
      async (batches, round) => {
        for (const [index, batch] of batches.entries()) await storage.write({ id: `bench-${round}-${index}`, batch });
      },
    ],
  ]);
}

async function race(runners: ReadonlyMap<string, Contender>, client: pg.Client): Promise<void> {
  // A minute back and a second apart: within retention and, unless midnight is near, within one partition.
  const startMs = systemClock.wallMs() - 60_000;
  const batches = Array.from({ length: BATCHES }, (_, index) => sampleBatch(BATCH_ROWS, startMs + index * 1000));
  const rates = new Map([...runners.keys()].map((name) => [name, [] as number[]]));
  // Round 0 is the warm-up: it creates partitions, statements and the prepared bytes, with the last contender first.
  for (let round = 0; round <= ROUNDS; round++) {
    const order = round === 0 ? [...runners].toReversed() : [...runners];
    for (const [name, run] of order) {
      await client.query("truncate sample");
      await client.query("checkpoint");
      await sleep(200);
      const startedMs = performance.now();
      await run(batches, round);
      const seconds = (performance.now() - startedMs) / 1000;
      if (round > 0) rates.get(name)?.push((BATCHES * BATCH_ROWS) / seconds);
      await expectRows(client, name);
    }
  }
  const copy = median(rates.get("COPY BINARY") ?? []);
  report(
    `Rows a second, batches of ${BATCH_ROWS} x 17 values, ${ROUNDS} rounds of ${BATCHES} batches, PostgreSQL ${await versionOf(client)}`,
    ["way", "rows/s (median)", "against COPY BINARY"],
    [...rates].map(([name, all]) => [name, median(all), `${(median(all) / copy).toFixed(2)}x`]),
  );
}

async function expectRows(client: pg.Client, name: string): Promise<void> {
  const { rows } = await client.query<{ count: string }>("select count(*) from sample");
  const found = Number(rows[0]?.count);
  if (found !== BATCHES * BATCH_ROWS) throw new Error(`${name} stored ${found} of ${BATCHES * BATCH_ROWS} rows`);
}

async function versionOf(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ server_version: string }>("show server_version");
  return rows[0]?.server_version ?? "?";
}

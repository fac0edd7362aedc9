import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { hostInstance } from "../../packages/core/src/fleet/host-instance.ts";
import { Inventory } from "../../packages/core/src/fleet/inventory.ts";
import { LatestValues } from "../../packages/core/src/fleet/latest-values.ts";
import { InventorySnapshot } from "../../packages/core/src/fleet/inventory-snapshot.ts";
import { silentLogger } from "../../packages/core/src/model/logger.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import { WriteHealth } from "../../packages/core/src/delivery/write-health.ts";
import { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { StorageSupervisor } from "../../packages/core/src/daemon/storage-supervisor.ts";
import { StorageWatch } from "../../packages/core/src/daemon/storage-watch.ts";
import { eventually } from "../support/eventually.ts";

const RETENTION_MS = 86_400_000;

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-supervisor-"));
});
afterEach(() => rmSync(stateDir, { recursive: true }));

test("a database that is away at the start is a line in the log, however often it is tried", async () => {
  const clock = new ManualClock();
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => warnings.push(message) };
  let tries = 0;
  const storage = new PostgresStorage({
    // Nothing listens on port 1.
    resolveAddress: async () => {
      tries++;
      return { host: "127.0.0.1", port: 1, user: "nobody", database: "none" };
    },
    location: "nowhere",
    poolSize: 1,
    retentionRawMs: RETENTION_MS,
    clock,
    logger,
  });
  const snapshot = new InventorySnapshot({ stateDir, clock, logger });
  const inventory = new Inventory({ store: storage.instances, snapshot, host: hostInstance("this-host", 5, 0) });
  const health = new WriteHealth({ clock, logger, oldestWaitingMs: () => null });
  const keeping = { storage, inventory, health, clock, random: () => 0, logger };
  const watch = new StorageWatch(keeping);
  const latest = new LatestValues(clock);
  const supervisor = new StorageSupervisor({
    ...keeping,
    watch,
    latest,
    retentionRawMs: RETENTION_MS,
    onFatal: () => {},
  });

  await supervisor.start();
  await eventually(
    () => {
      clock.advance(1_000);
      return tries;
    },
    (times) => times >= 5,
  );
  const answer = [health.available, health.reason];
  await supervisor.stop();
  await storage.stop();
  await snapshot.stop();

  expect(warnings).toEqual(["the database is away; samples wait"]);
  expect(answer).toEqual([false, expect.stringContaining("ECONNREFUSED")]);
});

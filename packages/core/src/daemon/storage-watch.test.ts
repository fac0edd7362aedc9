import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { hostInstance } from "../fleet/host-instance.ts";
import { Inventory } from "../fleet/inventory.ts";
import { InventorySnapshot } from "../fleet/inventory-snapshot.ts";
import { sampleInstance } from "../fleet/testing/sample-instance.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { WriteHealth } from "../delivery/write-health.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { StorageWatch } from "./storage-watch.ts";

let stateDir: string;
let clock: ManualClock;
let storage: MemoryStorage;
let snapshot: InventorySnapshot;
let inventory: Inventory;
let health: WriteHealth;
let stopping: AbortController;
let running: Promise<void>;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-watch-"));
  clock = new ManualClock();
  storage = new MemoryStorage({ clock, rowsMax: 10, retentionRawMs: 86_400_000 });
  await storage.start();
  snapshot = new InventorySnapshot({ stateDir, clock, logger: silentLogger });
  inventory = new Inventory({ store: storage.instances, snapshot, host: hostInstance("this-host", 5, 0) });
  health = new WriteHealth({ clock, logger: silentLogger, oldestWaitingMs: () => null });
  health.connected();
  stopping = new AbortController();
  const watch = new StorageWatch({ storage, inventory, health, clock, random: () => 0, logger: silentLogger });
  running = watch.run(stopping.signal);
});

afterEach(async () => {
  stopping.abort();
  await running;
  await snapshot.stop();
  rmSync(stateDir, { recursive: true });
});

async function pass(ms: number): Promise<void> {
  for (let at = 0; at < ms; at += 50) {
    clock.advance(50);
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
  }
}

function names(): string[] {
  return [...inventory.instances()].map(({ name }) => name);
}

describe("a storage that was unavailable", () => {
  test("is reloaded when it is available again: others may have changed the instances", async () => {
    await storage.stop();
    await inventory.create(sampleInstance("refused")).catch(() => {});
    await pass(30_000);
    await storage.start();
    await storage.instances.create([sampleInstance("by another daemon")]);

    await pass(6_000);

    expect(names()).toEqual(["this-host", "by another daemon"]);
  });

  test("counts as such after any failed call, not only after a change", async () => {
    await storage.stop();
    await storage.latest(0).catch(() => {});
    await storage.start();
    await storage.instances.create([sampleInstance("by another daemon")]);

    await pass(6_000);

    expect(names()).toEqual(["this-host", "by another daemon"]);
  });
});

test("a storage that never failed is not reloaded", async () => {
  await storage.instances.create([sampleInstance("by another daemon")]);

  await pass(60_000);

  expect(names()).toEqual(["this-host"]);
});

test("a doubt is resolved at once", async () => {
  await storage.instances.create([sampleInstance("by another daemon")]);
  await inventory.create(sampleInstance("by another daemon")).catch(() => {});

  await pass(50);

  expect(names()).toEqual(["this-host", "by another daemon"]);
});

test("shutdown does not wait for a storage that does not respond", async () => {
  const silent = { probe: () => new Promise<void>(() => {}), stats: storage.stats };
  const watch = new StorageWatch({ storage: silent, inventory, health, clock, random: () => 0, logger: silentLogger });
  const stop = new AbortController();
  const watching = watch.run(stop.signal);
  await pass(20_000);

  stop.abort();

  await expect(watching).resolves.toBeUndefined();
});

test("a storage without writes is probed, which determines its health", async () => {
  await pass(60_000);
  const before = health.available;
  await storage.stop();
  await pass(30_000);
  const away = [health.available, health.reason];
  await storage.start();
  await pass(15_000);

  expect(before).toBe(true);
  expect(away).toEqual([false, expect.stringContaining("has not been reached yet")]);
  expect(health.available).toBe(true);
});

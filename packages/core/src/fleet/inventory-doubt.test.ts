import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { hostInstance } from "./host-instance.ts";
import { Inventory } from "./inventory.ts";
import { InventorySnapshot } from "./inventory-snapshot.ts";
import { sampleInstance } from "./testing/sample-instance.ts";

const clock = new ManualClock();
let stateDir: string;
let storage: MemoryStorage;
let snapshot: InventorySnapshot;
let inventory: Inventory;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-inventory-"));
  storage = new MemoryStorage({ clock, rowsMax: 10, retentionRawMs: 86_400_000 });
  await storage.start();
  snapshot = new InventorySnapshot({ stateDir, clock, logger: silentLogger });
  inventory = new Inventory({ store: storage.instances, snapshot, host: hostInstance("this-host", 5, 0) });
});

afterEach(async () => {
  await snapshot.stop();
  rmSync(stateDir, { recursive: true });
});

describe("memory is in doubt", () => {
  let doubts: number;

  beforeEach(() => {
    doubts = 0;
    inventory.onDoubt = () => doubts++;
  });

  test("after each change without a response of the store", async () => {
    const { id } = await inventory.create(sampleInstance("web-1"));
    await storage.stop();

    await inventory.create(sampleInstance("web-2")).catch(() => {});
    await inventory.createMany([sampleInstance("web-3")]).catch(() => {});
    await inventory.change(id, { interval: 9 }).catch(() => {});
    await inventory.remove([id]).catch(() => {});

    expect(doubts).toBe(4);
  });

  test("when the store has a name, or lacks an instance, contrary to memory", async () => {
    await storage.instances.create([sampleInstance("by another daemon")]);
    const { id } = await inventory.create(sampleInstance("web-1"));
    await storage.instances.remove([id]);

    await inventory.create(sampleInstance("by another daemon")).catch(() => {});
    await inventory.change(id, { name: "by another daemon" }).catch(() => {});

    expect(doubts).toBe(2);
  });

  test("neither after successful changes nor for names that are known to be taken", async () => {
    const { id } = await inventory.create(sampleInstance("web-1"));
    await inventory.create(sampleInstance("web-2"));

    await inventory.create(sampleInstance("web-1")).catch(() => {});
    await inventory.change(id, { name: "web-2" }).catch(() => {});
    await inventory.remove([id, 99]);

    expect(doubts).toBe(0);
  });

  test("until it is reloaded", async () => {
    await storage.instances.create([sampleInstance("by another daemon")]);

    await inventory.reload();

    expect([...inventory.instances()].map(({ name }) => name)).toEqual(["this-host", "by another daemon"]);
  });
});

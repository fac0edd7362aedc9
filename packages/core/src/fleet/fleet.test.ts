import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { StatusTracker } from "./events/status-tracker.ts";
import { Fleet } from "./fleet.ts";
import { hostInstance } from "./host-instance.ts";
import { Inventory } from "./inventory.ts";
import type { LatestSnapshots } from "./latest-snapshots.ts";
import { LatestValues } from "./latest-values.ts";
import { InventorySnapshot } from "./inventory-snapshot.ts";
import { noSnapshots } from "./testing/no-snapshots.ts";
import { sampleBatch, sampleInstance } from "./testing/sample-instance.ts";

const HOST = hostInstance("this-host", 5, 0);
let stateDir: string;
let clock: ManualClock;
let snapshot: InventorySnapshot;
let inventory: Inventory;
let snapshots: LatestSnapshots;
let tracker: StatusTracker;
let fleet: Fleet;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-fleet-"));
  clock = new ManualClock();
  const storage = new MemoryStorage({ clock, rowsMax: 10, retentionRawMs: 86_400_000 });
  await storage.start();
  snapshot = new InventorySnapshot({ stateDir, clock, logger: silentLogger });
  inventory = new Inventory({ store: storage.instances, snapshot, host: HOST });
  snapshots = noSnapshots(clock);
  tracker = new StatusTracker();
  fleet = new Fleet({ inventory, latest: new LatestValues(clock), snapshots, tracker, clock });
  inventory.subscribe({
    added: (instances) => instances.forEach((one) => tracker.put(one)),
    changed: () => {},
    removed: () => {},
  });
});

afterEach(async () => {
  await snapshot.stop();
  rmSync(stateDir, { recursive: true });
});

test("counts each instance under its status", async () => {
  const [up, down, stale] = await inventory.createMany(["up", "down", "stale"].map((name) => sampleInstance(name)));
  fleet.latest.record(sampleBatch([{ id: stale!.id }]));
  clock.advance(11_001);

  fleet.latest.record(sampleBatch([{ id: up!.id }, { id: down!.id, reason: 2, values: { up: 0 } }]));

  expect(fleet.counts()).toEqual({ up: 1, down: 1, stale: 1, pending: 1 });
  expect(fleet.size).toBe(4);
});

test("has the reason of an instance that is down, and only then", async () => {
  const instance = await inventory.create(sampleInstance("web-1"));

  fleet.latest.record(sampleBatch([{ id: instance.id, reason: 2, values: { up: 0 } }]));
  const whenDown = fleet.reasonOf(instance);
  fleet.latest.record(sampleBatch([{ id: instance.id }]));

  expect([whenDown, fleet.reasonOf(instance)]).toEqual(["timeout", null]);
});

test("a clock step makes no instance stale", async () => {
  const instance = await inventory.create(sampleInstance("web-1"));
  fleet.latest.record(sampleBatch([{ id: instance.id }]));

  clock.stepWall(86_400_000);

  expect(fleet.statusOf(instance)).toBe("up");
});

test("ignores rows of an instance that was removed", async () => {
  const { id } = await inventory.create(sampleInstance("web-1"));
  await inventory.remove([id]);

  fleet.latest.record(sampleBatch([{ id }]));

  expect(fleet.latest.row(id)).toBe(-1);
});

test("shows its own host as 0 and all others by their stored ids", () => {
  expect([fleet.publicId(HOST.id), fleet.resolve(0)]).toEqual([0, HOST.id]);
  expect([fleet.publicId(7), fleet.resolve(7)]).toEqual([7, 7]);
});

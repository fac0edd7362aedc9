import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { hostInstance } from "../fleet/host-instance.ts";
import { Inventory } from "../fleet/inventory.ts";
import { InventorySnapshot } from "../fleet/inventory-snapshot.ts";
import { sampleInstance } from "../fleet/testing/sample-instance.ts";
import { CloudMonitorError } from "../model/errors.ts";
import type { NewInstance } from "../model/instance.ts";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { Discovery } from "./discovery.ts";
import type { DiscoveryListener, DiscoverySource } from "./discovery-source.ts";
import { DiscoverySync } from "./discovery-sync.ts";

/** A source that finds what the test says. */
class ManualSource implements DiscoverySource {
  readonly name = "manual";
  readonly location = "the test";
  listener!: DiscoveryListener;

  start(listener: DiscoveryListener): void {
    this.listener = listener;
  }

  recheck(): void {}
  stop(): void {}
}

let stateDir: string;
let clock: ManualClock;
let storage: MemoryStorage;
let inventory: Inventory;
let snapshot: InventorySnapshot;
let source: ManualSource;
let sync: DiscoverySync;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-discovery-"));
  clock = new ManualClock();
  storage = new MemoryStorage({ clock, rowsMax: 10, retentionRawMs: 86_400_000 });
  await storage.start();
  snapshot = new InventorySnapshot({ stateDir, clock, logger: silentLogger });
  inventory = new Inventory({ store: storage.instances, snapshot, host: hostInstance("this-host", 5, 0) });
  await inventory.load();
  source = new ManualSource();
  sync = new DiscoverySync({
    source,
    inventory,
    clock,
    yieldToLoop: async () => {},
    logger: silentLogger,
    removalLimitPercent: () => 20,
  });
  sync.start();
});

afterEach(async () => {
  await sync.stop();
  await snapshot.stop();
  rmSync(stateDir, { recursive: true });
});

/** Resolves when what was found is applied, or held. */
async function find(instances: readonly NewInstance[]): Promise<void> {
  source.listener.found(instances);
  await settled();
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

const many = (count: number, from = 0) =>
  Array.from({ length: count }, (_, index) => sampleInstance(`i-${index + from}`));
const known = () => [...inventory.instances()].filter(({ id }) => id > 0);

test("what is found is created, changed and removed, and keeps its ids", async () => {
  await find([sampleInstance("a"), sampleInstance("b"), sampleInstance("c")]);
  await find([sampleInstance("a"), sampleInstance("b", { ip: "10.0.0.9", labels: { zone: "x" } })]);

  expect(known()).toMatchObject([
    { id: 1, name: "a", ip: "10.0.0.1", source: "discovery:manual" },
    { id: 2, name: "b", ip: "10.0.0.9", labels: { zone: "x" } },
  ]);
  expect(sync.instances).toBe(2);
});

test("an instance that becomes another kind is another instance", async () => {
  await find([sampleInstance("a")]);
  await find([sampleInstance("a", { kind: "scrape" })]);

  expect(known()).toMatchObject([{ id: 2, name: "a", kind: "scrape" }]);
});

test("only what differs is changed", async () => {
  await find(many(100));
  const changes: string[] = [];
  inventory.subscribe({
    added: (instances) => instances.length < 100 && changes.push(...instances.map(({ name }) => `added ${name}`)),
    changed: (_before, after) => changes.push(`changed ${after.name}`),
    removed: (instances) => changes.push(...instances.map(({ name }) => `removed ${name}`)),
  });

  await find([...many(99), sampleInstance("i-99", { interval: 60 })]);

  expect(changes).toEqual(["changed i-99"]);
});

test("a name that another instance has is skipped and reported, until it is free", async () => {
  const other = await inventory.create(sampleInstance("a"));
  await find([sampleInstance("a"), sampleInstance("b")]);

  expect(sync.skipped).toEqual(["a"]);
  expect(known().map(({ name, source: from }) => `${name} ${from}`)).toEqual(["a api", "b discovery:manual"]);

  await inventory.remove([other.id]);
  clock.advance(10_000);
  await settled();

  expect(sync.skipped).toEqual([]);
  expect(known().map(({ name }) => name)).toEqual(["b", "a"]);
});

test.each([
  [100, 79, true],
  [100, 80, false],
  [12, 2, false],
  [12, 1, true],
  [11, 0, true],
  [10, 0, false],
])("of %i instances, %i remain: held is %j", async (before, after, isHeld) => {
  await find(many(before));
  await find(many(after));

  expect(sync.held !== null).toBe(isHeld);
  expect(known()).toHaveLength(isHeld ? before : after);
});

test("a held change shows in the health, and is applied as a whole when it is accepted", async () => {
  const discovery = new Discovery([sync]);
  await find(many(100));
  expect(discovery.problems()).toEqual([]);
  await find([...many(10), sampleInstance("new")]);

  expect(sync.held).toMatchObject({ added: 1, changed: 0, removed: 90, present: 100 });
  expect(discovery.problems()).toEqual([
    "discovery:manual: a change that removes 90 of 100 instances is held; `cloudctl discovery accept manual` applies it",
  ]);
  expect(known().some(({ name }) => name === "new")).toBe(false);

  await sync.accept();

  expect(sync.held).toBeNull();
  expect(known()).toHaveLength(11);
  await expect(sync.accept()).rejects.toMatchObject({ code: "DISCOVERY_NOT_HELD" });
});

test("a held change that the storage does not take is held again", async () => {
  await find(many(100));
  await find(many(10));
  storage.instances.remove = () => Promise.reject(new CloudMonitorError("STORE_UNAVAILABLE", "away"));

  await expect(sync.accept()).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
  await settled();

  expect(sync.held).toMatchObject({ removed: 90 });
  expect(known()).toHaveLength(100);
});

test("a held change is dropped when the source has its instances again", async () => {
  await find(many(100));
  await find(many(10));
  await find([...many(100), sampleInstance("new")]);

  expect(sync.held).toBeNull();
  expect(known()).toHaveLength(101);
});

test("when the source fails, its instances stay, and the problem shows", async () => {
  const discovery = new Discovery([sync]);
  await find(many(3));
  source.listener.failed([{ where: "instances.yaml:7", message: '"ip" is missing' }]);
  await settled();

  expect(known()).toHaveLength(3);
  expect(sync.counts.failures).toBe(1);
  expect(discovery.problems()).toEqual(['discovery:manual failed: instances.yaml:7: "ip" is missing']);

  await find(many(3));
  expect(discovery.problems()).toEqual([]);
});

test("what the storage does not take is tried again", async () => {
  const create = storage.instances.create.bind(storage.instances);
  storage.instances.create = () => Promise.reject(new CloudMonitorError("STORE_UNAVAILABLE", "away"));
  await find(many(2));
  expect(known()).toEqual([]);

  storage.instances.create = create;
  clock.advance(10_000);
  await settled();

  expect(known()).toHaveLength(2);
});

test("managed instances are refused to others, by the name of the source", async () => {
  const discovery = new Discovery([sync]);
  await find(many(1));
  await inventory.create(sampleInstance("own"));
  const [managed, own] = known();

  expect(() => discovery.refuseManaged([own!])).not.toThrow();
  expect(() => discovery.refuseManaged([own!, managed!])).toThrow(
    expect.objectContaining({ code: "INSTANCE_MANAGED", message: expect.stringContaining("discovery:manual") }),
  );
  expect(() => discovery.sync("other")).toThrow(expect.objectContaining({ code: "DISCOVERY_NOT_FOUND" }));
});

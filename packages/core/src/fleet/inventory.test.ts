import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { silentLogger } from "../model/logger.ts";
import { ManualClock } from "../model/testing/manual-clock.ts";
import type { InstanceStore } from "../model/instance-store.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { hostInstance } from "./host-instance.ts";
import { Inventory } from "./inventory.ts";
import { InventorySnapshot } from "./inventory-snapshot.ts";
import { sampleInstance } from "./testing/sample-instance.ts";

const HOST = hostInstance("this-host", 5, 0);
const clock = new ManualClock();
let stateDir: string;
let storage: MemoryStorage;
let snapshot: InventorySnapshot;
let inventory: Inventory;

beforeEach(async () => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-inventory-"));
  storage = new MemoryStorage({ clock, rowsMax: 10, retentionRawMs: 86_400_000 });
  await storage.start();
  ({ snapshot, inventory } = inventoryOn(storage));
});

afterEach(async () => {
  await snapshot.stop();
  rmSync(stateDir, { recursive: true });
});

function inventoryOn(store: MemoryStorage) {
  const ownSnapshot = new InventorySnapshot({ stateDir, clock, logger: silentLogger });
  return {
    snapshot: ownSnapshot,
    inventory: new Inventory({ store: store.instances, snapshot: ownSnapshot, host: HOST }),
  };
}

function names(from: Inventory): string[] {
  return [...from.instances()].map(({ name }) => name);
}

function listening(to: Inventory): string[] {
  const heard: string[] = [];
  to.subscribe({
    added: (instances) => instances.forEach(({ name }) => heard.push(`added ${name}`)),
    changed: (before, after) => heard.push(`changed ${before.name} to ${after.name}`),
    removed: (instances) => instances.forEach(({ name }) => heard.push(`removed ${name}`)),
  });
  return heard;
}

describe("the inventory", () => {
  test("is ordered by id, also when instances of another daemon arrive late", async () => {
    await inventory.load();
    await storage.instances.create([sampleInstance("made-elsewhere")]);
    await inventory.create(sampleInstance("made-here"));
    expect(names(inventory)).toEqual(["this-host", "made-here"]);

    await inventory.load();

    expect(names(inventory)).toEqual(["this-host", "made-elsewhere", "made-here"]);
  });

  test("applies another interval of its own host at once, and for later loads", async () => {
    await inventory.load();
    const heard: number[] = [];
    inventory.subscribe({
      added: () => {},
      changed: (_before, after) => heard.push(after.interval),
      removed: () => {},
    });

    await inventory.changeHostInterval(9);
    await inventory.load();

    expect(heard).toEqual([9]);
    expect(inventory.get(HOST.id)).toMatchObject({ interval: 9, name: "this-host" });
    expect(await storage.instances.load()).toMatchObject([{ id: HOST.id, interval: 9 }]);
  });

  test("applies it while the store is unavailable, which gets it later", async () => {
    await storage.stop();

    await inventory.changeHostInterval(9);
    const { interval } = inventory.get(HOST.id)!;
    await storage.start();
    await inventory.load();

    expect(interval).toBe(9);
    expect(await storage.instances.load()).toMatchObject([{ id: HOST.id, interval: 9 }]);
  });

  test("has this daemon's own host before anything is loaded", () => {
    expect(names(inventory)).toEqual(["this-host"]);
    expect(inventory.get(HOST.id)).toEqual(HOST);
  });

  test("loads what the store has, and registers the host there", async () => {
    await storage.instances.create([sampleInstance("web-1")]);

    const source = await inventory.load();

    expect(source).toBe("store");
    expect(names(inventory)).toEqual(["this-host", "web-1"]);
    expect((await storage.instances.load()).map(({ id }) => id)).toEqual([HOST.id, 1]);
  });

  test("calls a listener with all existing instances, then for each change", async () => {
    const heard = listening(inventory);

    const { id } = await inventory.create(sampleInstance("web-1"));
    await inventory.change(id, { name: "web-2" });
    await inventory.remove([id]);

    expect(heard).toEqual(["added this-host", "added web-1", "changed web-1 to web-2", "removed web-2"]);
  });

  test("does not call an unsubscribed listener", async () => {
    const heard: string[] = [];
    const leave = inventory.subscribe({ added: () => heard.push("added"), changed: () => {}, removed: () => {} });

    leave();
    await inventory.create(sampleInstance("web-1"));

    expect(heard).toEqual(["added"]);
  });

  test("changes nothing when the store refuses a name", async () => {
    await inventory.create(sampleInstance("web-1"));

    const again = inventory.create(sampleInstance("web-1"));

    await expect(again).rejects.toMatchObject({ code: "INSTANCE_NAME_TAKEN", details: [{ where: "/name" }] });
    expect(names(inventory)).toEqual(["this-host", "web-1"]);
  });

  test("changes nothing while the store is unavailable", async () => {
    const { id } = await inventory.create(sampleInstance("web-1"));
    await storage.stop();

    const changes = [
      inventory.create(sampleInstance("web-2")),
      inventory.change(id, { interval: 9 }),
      inventory.remove([id]),
    ];

    for (const change of changes) await expect(change).rejects.toMatchObject({ code: "STORE_UNAVAILABLE" });
    expect(names(inventory)).toEqual(["this-host", "web-1"]);
    expect(inventory.get(id)?.interval).toBe(5);
  });

  test("frees a name when its instance is removed or renamed", async () => {
    const first = await inventory.create(sampleInstance("web-1"));
    await inventory.change(first.id, { name: "web-2" });

    const second = await inventory.create(sampleInstance("web-1"));
    await inventory.remove([first.id]);

    expect([inventory.hasName("web-1"), inventory.hasName("web-2")]).toEqual([true, false]);
    expect(second.id).toBe(2);
  });

  test("protects hosts from change and removal, and then removes no instance", async () => {
    const { id } = await inventory.create(sampleInstance("web-1"));

    await expect(inventory.change(HOST.id, { interval: 9 })).rejects.toMatchObject({ code: "INSTANCE_PROTECTED" });
    await expect(inventory.remove([id, HOST.id])).rejects.toMatchObject({ code: "INSTANCE_PROTECTED" });
    expect(names(inventory)).toEqual(["this-host", "web-1"]);
  });

  test("a second load applies external changes of the store, and notifies only of those", async () => {
    await inventory.create(sampleInstance("kept"));
    const changed = await inventory.create(sampleInstance("changed"));
    const removed = await inventory.create(sampleInstance("removed"));
    await storage.instances.update(changed.id, { interval: 60 });
    await storage.instances.remove([removed.id]);
    await storage.instances.create([sampleInstance("added")]);
    const heard = listening(inventory);
    heard.length = 0;

    await inventory.load();

    expect(heard).toEqual(["removed removed", "changed changed to changed", "added added"]);
  });
});

describe("the inventory without its store", () => {
  async function restartedWithout(): Promise<Inventory> {
    await snapshot.stop();
    const away = new MemoryStorage({ clock, rowsMax: 10, retentionRawMs: 86_400_000 });
    const restarted = inventoryOn(away);
    await restarted.inventory.load();
    await restarted.snapshot.stop();
    return restarted.inventory;
  }

  test("is restored from the snapshot", async () => {
    const created = await inventory.create(
      sampleInstance("web-1", { labels: { team: "blue" }, simulation: { seed: 7 } }),
    );

    const restarted = await restartedWithout();

    expect(names(restarted)).toEqual(["this-host", "web-1"]);
    expect(restarted.get(created.id)).toEqual(created);
  });

  test("has only its host when there is no snapshot", async () => {
    const restarted = await restartedWithout();

    expect(names(restarted)).toEqual(["this-host"]);
  });

  test("a load without the store does not replace what is in memory", async () => {
    await inventory.create(sampleInstance("web-1"));
    await snapshot.flush();
    await inventory.create(sampleInstance("web-2"));
    await storage.stop();

    const source = await inventory.load();

    expect(source).toBe("nowhere");
    expect(names(inventory)).toEqual(["this-host", "web-1", "web-2"]);
  });
});

describe("a load that takes its time", () => {
  /** An inventory whose store returns from `load` its contents before `meanwhile`. */
  function racing(meanwhile: (inventory: Inventory) => Promise<unknown>): Inventory {
    const store = storage.instances;
    const slowStore: InstanceStore = {
      load: async () => {
        const list = await store.load();
        await meanwhile(raced);
        return list;
      },
      create: (instances) => store.create(instances),
      update: (id, change) => store.update(id, change),
      updateMany: (changes) => store.updateMany(changes),
      remove: (ids) => store.remove(ids),
      registerHost: (host) => store.registerHost(host),
    };
    const raced = new Inventory({ store: slowStore, snapshot, host: HOST });
    return raced;
  }

  test("does not undo what was created, changed and removed while it read", async () => {
    const [changed, removed] = await storage.instances.create([sampleInstance("changed"), sampleInstance("removed")]);
    const raced = racing(async (one) => {
      await one.create(sampleInstance(`created-${one.size}`));
      if (!one.hasName("changed")) return;
      await one.change(changed!.id, { interval: 60 });
      await one.remove([removed!.id]);
    });
    await raced.reload();

    await raced.reload();

    expect(names(raced)).toEqual(["this-host", "changed", "created-1", "created-4"]);
    expect(raced.get(changed!.id)?.interval).toBe(60);
  });
});

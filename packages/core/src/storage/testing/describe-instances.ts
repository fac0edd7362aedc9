import { expect, test } from "@jest/globals";
import { codeOf } from "../../model/errors.ts";
import type { Instance } from "../../model/instance.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import type { Storage } from "../../model/storage.ts";
import { host, newInstance } from "./fixtures.ts";

export function describeInstances(storage: () => Storage): void {
  describeCreation(storage);
  describeBulk(storage);
  describeChanges(storage);
  describeDeletion(storage);
  describeHosts(storage);
}

function describeCreation(storage: () => Storage): void {
  test("what was created is loaded as it was given", async () => {
    const plain = newInstance("plain", { target: "http://t/metrics", kind: "simulated", labels: {}, simulation: null });

    const created = await storage().instances.create([newInstance("ünï\"code'"), plain]);

    expect(created[0]).toMatchObject({ ...newInstance("ünï\"code'"), id: 1 });
    expect(created[1]).toMatchObject({ ...plain, id: 2, createdAtMs: new ManualClock().wallMs() });
    expect(await storage().instances.load()).toEqual(created);
  });

  test("ids count from 1 without gaps and are not reused, not even the last one", async () => {
    await create(storage, "one", "two");
    await storage().instances.remove([2]);

    expect(idsOf(await create(storage, "three", "two"))).toEqual([3, 4]);
    expect(idsOf(await storage().instances.load())).toEqual([1, 3, 4]);
  });

  test("a creation that fails takes no id and creates nothing", async () => {
    await create(storage, "one");

    await expect(create(storage, "two", "one")).rejects.toMatchObject({ code: "INSTANCE_NAME_TAKEN" });

    expect(idsOf(await create(storage, "two"))).toEqual([2]);
  });

  test("taken names are listed with their places, those twice in the request too", async () => {
    await create(storage, "one");

    const error = await create(storage, "new", "one", "twin", "twin").catch((thrown: unknown) => thrown);

    expect(codeOf(error)).toBe("INSTANCE_NAME_TAKEN");
    expect(error).toMatchObject({ details: [{ where: "/1/name" }, { where: "/3/name" }], retryable: false });
  });
}

function describeBulk(storage: () => Storage): void {
  test("ten thousand are created in one call", async () => {
    const created = await create(storage, ...Array.from({ length: 10_000 }, (_, index) => `web-${index}`));

    expect(created).toHaveLength(10_000);
    expect(created.at(-1)).toMatchObject({ id: 10_000, name: "web-9999" });
  });

  test("simultaneous creations get ids of their own", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, index) => create(storage, `a${index}`, `b${index}`)));

    expect(idsOf(all.flat()).sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, index) => index + 1));
  });
}

function describeChanges(storage: () => Storage): void {
  test("a change touches what it names and nothing else", async () => {
    const [one] = await create(storage, "one");

    const changed = await storage().instances.update(1, {
      name: "uno",
      interval: 60,
      labels: { a: "b" },
      simulation: null,
    });

    expect(changed).toEqual({ ...one, name: "uno", interval: 60, labels: { a: "b" }, simulation: null });
    expect(await storage().instances.load()).toEqual([changed]);
  });

  test("many are changed at once, each as named; those that are gone are left out", async () => {
    const [one, two, three] = await create(storage, "one", "two", "three");
    await storage().instances.remove([2]);

    const changed = await storage().instances.updateMany([
      { id: 1, change: { ip: "10.9.9.9", labels: { a: "b" }, profile: "p", simulation: { seed: 7 } } },
      { id: 2, change: { interval: 9 } },
      { id: 3, change: { interval: 60, target: "http://t/", module: "m", simulation: null } },
    ]);

    expect(two!.id).toBe(2);
    expect(changed).toEqual([
      { ...one, ip: "10.9.9.9", labels: { a: "b" }, profile: "p", simulation: { seed: 7 } },
      { ...three, interval: 60, target: "http://t/", module: "m", simulation: null },
    ]);
    expect(await storage().instances.load()).toEqual(changed);
  });

  test("a change may keep the name, not take another's", async () => {
    await create(storage, "one", "two");

    await expect(storage().instances.update(1, { name: "two" })).rejects.toMatchObject({
      code: "INSTANCE_NAME_TAKEN",
      details: [{ where: "/name" }],
    });
    await expect(storage().instances.update(1, { name: "one" })).resolves.toMatchObject({ name: "one" });
  });

  test("the name of a deleted instance is free again", async () => {
    await create(storage, "one", "two");
    await storage().instances.remove([1]);

    await expect(storage().instances.update(2, { name: "one" })).resolves.toMatchObject({ id: 2, name: "one" });
  });

  test("who is not there cannot be changed", async () => {
    await create(storage, "one");
    await storage().instances.remove([1]);

    for (const id of [1, 2, -1]) {
      await expect(storage().instances.update(id, { interval: 1 })).rejects.toMatchObject({
        code: "INSTANCE_NOT_FOUND",
      });
    }
  });
}

function describeDeletion(storage: () => Storage): void {
  test("deleting says who was there", async () => {
    await create(storage, "one", "two", "three");

    expect(await storage().instances.remove([3, 99, 1])).toEqual([1, 3]);
    expect(await storage().instances.remove([3, 2])).toEqual([2]);
  });
}

function describeHosts(storage: () => Storage): void {
  test("a host is registered once, then only its name and interval are refreshed", async () => {
    const first = await storage().instances.registerHost(host(-7, "here"));
    const again = await storage().instances.registerHost({
      ...host(-7, "there"),
      interval: 60,
      ip: "10.9.9.9",
      createdAtMs: 1,
    });

    expect(first).toEqual(host(-7, "here"));
    expect(again).toEqual({ ...first, name: "there", interval: 60 });
    expect(await storage().instances.load()).toEqual([again]);
  });

  test("hosts share names with others, and are not deleted", async () => {
    await storage().instances.registerHost(host(-7, "same"));
    await storage().instances.registerHost(host(-8, "same"));
    await create(storage, "same");

    expect(await storage().instances.remove([-7])).toEqual([]);
    expect(idsOf(await storage().instances.load())).toEqual([-8, -7, 1]);
  });
}

function create(storage: () => Storage, ...names: string[]): Promise<readonly Instance[]> {
  return storage().instances.create(names.map((name) => newInstance(name)));
}

function idsOf(instances: readonly Instance[]): number[] {
  return instances.map((instance) => instance.id);
}

import { expect } from "@jest/globals";
import { parseDatabaseUrl } from "../../packages/core/src/config/database/database-url.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import { batchOf, hourOf, newInstance, write } from "../../packages/core/src/storage/testing/fixtures.ts";
import { newPostgresStorage } from "./new-postgres-storage.ts";

const now = new ManualClock().wallMs();

export const NAME = "Zoë 🚀";

/** Starts it, uses all of its functions, and stops it; returns the names of the instances before the last step, which removes them. */
export async function namesAfterUse(url: string): Promise<readonly string[]> {
  const storage = newPostgresStorage(parseDatabaseUrl(url).address);
  try {
    await storage.start();
    await storage.maintain();
    const [created] = await storage.instances.create([newInstance(NAME)]);
    const id = created!.id;
    await storage.instances.update(id, { labels: { zone: 'b\\"c' } });
    await write(storage, "batch", batchOf([{ id, ts: now - 1_000, load1: 0.123456, uptime_seconds: 1e15 / 3 }]));
    const history = await storage.history({ ...hourOf(id, now - 60_000), metrics: ["load1", "uptime_seconds"] });
    const latest = await storage.latest(now - 60_000);

    const loaded = await storage.instances.load();
    expect(loaded).toEqual([{ ...created, labels: { zone: 'b\\"c' } }]);
    expect(created).toMatchObject({ name: NAME, createdAtMs: now });
    expect(history).toEqual([{ timestampMs: now - 60_000, values: [Math.fround(0.123456), 1e15 / 3] }]);
    expect([...latest.timestamps]).toEqual([now - 1_000]);
    expect(await storage.instances.remove([id])).toEqual([id]);
    return loaded.map((instance) => instance.name);
  } finally {
    await storage.stop();
  }
}

/** The error of a start with this address; null on success. */
export async function refusalOf(url: string): Promise<unknown> {
  const storage = newPostgresStorage(parseDatabaseUrl(url).address);
  try {
    await storage.start();
    await storage.maintain();
    return null;
  } catch (error) {
    return error;
  } finally {
    await storage.stop();
  }
}

export const UNSUITABLE = { code: "STORE_UNSUITABLE", retryable: false };

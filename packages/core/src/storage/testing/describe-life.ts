import { expect, test } from "@jest/globals";
import type { Storage } from "../../model/storage.ts";
import { batchOf, hourOf, newInstance, write } from "./fixtures.ts";

export function describeLife(storage: () => Storage): void {
  test("starts twice and stops twice", async () => {
    await storage().start();
    await storage().stop();
    await storage().stop();

    expect(storage().stats.available).toBe(false);
    expect(storage().stats.unavailableReason).toBe("stopped");
  });

  test("a stopped storage asks its callers to come again later", async () => {
    await storage().stop();

    const calls = [
      write(storage(), "b", batchOf([])),
      storage().history(hourOf(1, 0)),
      storage().probe(),
      storage().latest(0),
      storage().maintain(),
      storage().instances.load(),
      storage().instances.create([]),
      storage().instances.update(1, {}),
      storage().instances.remove([1]),
      storage().events.after(0, 1),
      storage().events.lastStatuses(),
    ];

    for (const call of calls) {
      await expect(call).rejects.toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
    }
  });

  test("counts the calls that found it away, and answers a probe when it is not", async () => {
    await storage().probe();
    const before = storage().stats.callsFailed;
    await storage().stop();
    await storage()
      .probe()
      .catch(() => {});
    const after = storage().stats.callsFailed;
    await storage().start();

    await expect(storage().probe()).resolves.toBeUndefined();
    expect([before, after]).toEqual([0, 1]);
  });

  test("a storage started again has what was written before", async () => {
    await storage().instances.create([newInstance("one")]);
    await storage().stop();
    await storage().start();

    expect(await storage().instances.load()).toHaveLength(1);
    expect(storage().stats.available).toBe(true);
  });
}

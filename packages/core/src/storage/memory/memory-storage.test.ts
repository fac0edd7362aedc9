import { expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { batchOf, CONTRACT_RETENTION_MS, newInstance, write } from "../testing/fixtures.ts";
import { describeStorage } from "../testing/describe-storage.ts";
import { MemoryStorage } from "./memory-storage.ts";

describeStorage("MemoryStorage", async (clock) => ({
  storage: new MemoryStorage({ clock, rowsMax: 10_000, retentionRawMs: CONTRACT_RETENTION_MS }),
  dispose: async () => {},
}));

test("the oldest written rows go when the ring is full", async () => {
  const clock = new ManualClock();
  const storage = new MemoryStorage({ clock, rowsMax: 3000, retentionRawMs: CONTRACT_RETENTION_MS });
  await storage.start();
  const from = clock.wallMs();
  const rows = Array.from({ length: 7000 }, (_, index) => ({ id: 1, ts: from + index, load1: index }));

  await write(storage, "a", batchOf(rows.slice(0, 4500)));
  await write(storage, "b", batchOf(rows.slice(4500)));

  const points = await storage.history({
    instanceId: 1,
    fromMs: from,
    toMs: from + 7000,
    stepMs: 1,
    metrics: ["load1"],
  });
  expect(points.map((point) => point.timestampMs - from)).toEqual(Array.from({ length: 3000 }, (_, i) => 4000 + i));
  expect(points[0]?.values).toEqual([4000]);
});

test("a position freed by maintenance is reused without affecting newer rows", async () => {
  const clock = new ManualClock();
  const storage = new MemoryStorage({ clock, rowsMax: 2, retentionRawMs: CONTRACT_RETENTION_MS });
  await storage.start();
  await storage.instances.create([newInstance("one")]);
  const start = clock.wallMs();
  await write(storage, "a", batchOf([{ id: 1, ts: start }]));
  clock.advance(2 * CONTRACT_RETENTION_MS);
  await storage.maintain();

  await write(
    storage,
    "b",
    batchOf([
      { id: 1, ts: clock.wallMs() },
      { id: 1, ts: clock.wallMs() + 1 },
    ]),
  );

  expect([...(await storage.latest(0)).timestamps]).toEqual([clock.wallMs() + 1]);
  expect(await write(storage, "c", batchOf([{ id: 1, ts: clock.wallMs() }]))).toMatchObject({ duplicates: 1 });
});

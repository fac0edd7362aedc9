import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import { StorageSupervisor } from "../../packages/core/src/daemon/storage-supervisor.ts";
import { StorageWatch } from "../../packages/core/src/daemon/storage-watch.ts";
import { WriteHealth } from "../../packages/core/src/delivery/write-health.ts";
import { hostInstance } from "../../packages/core/src/fleet/host-instance.ts";
import { InventorySnapshot } from "../../packages/core/src/fleet/inventory-snapshot.ts";
import { Inventory } from "../../packages/core/src/fleet/inventory.ts";
import { LatestValues } from "../../packages/core/src/fleet/latest-values.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import type { Storage } from "../../packages/core/src/model/storage.ts";
import type { PostgresAddress } from "../../packages/core/src/storage/postgres-address.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase } from "../support/postgres.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { RecordedLogger } from "../support/recorded-logger.ts";

/** A supervised storage on a real server, with a clock that the test moves. */
class Supervised implements AsyncDisposable {
  readonly log = new RecordedLogger();
  readonly health: WriteHealth;
  readonly calls = { start: 0, maintain: 0 };
  readonly #clock = new ManualClock();
  readonly #stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-supervisor-"));
  readonly #storage: PostgresStorage;
  readonly #snapshot: InventorySnapshot;
  readonly #supervisor: StorageSupervisor;
  #underWay = 0;

  constructor(address: PostgresAddress) {
    const clock = this.#clock;
    const logger = this.log;
    this.#storage = newPostgresStorage(address, { clock });
    const { events, instances, kind, location, stats } = this.#storage;
    const storage: Pick<Storage, "kind" | "location" | "stats" | "start" | "maintain" | "latest" | "probe" | "events"> =
      {
        events,
        kind,
        location,
        stats,
        start: () => this.#counted("start", this.#storage.start()),
        maintain: () => this.#counted("maintain", this.#storage.maintain()),
        latest: (sinceMs) => this.#storage.latest(sinceMs),
        probe: () => this.#counted(null, this.#storage.probe()),
      };
    this.#snapshot = new InventorySnapshot({ stateDir: this.#stateDir, clock, logger });
    const inventory = new Inventory({ store: instances, snapshot: this.#snapshot, host: hostInstance("vm", 5, 0) });
    this.health = new WriteHealth({ clock, logger, oldestWaitingMs: () => null });
    const shared = { storage, inventory, health: this.health, clock, random: () => 0, logger };
    this.#supervisor = new StorageSupervisor({
      ...shared,
      watch: new StorageWatch(shared),
      latest: new LatestValues(clock),
      recorder: { restore: () => {} },
      onFatal: () => {},
    });
  }

  async start(): Promise<void> {
    await this.#supervisor.start();
  }

  /** Seconds, each of which ends when all calls to the database have ended. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      this.#clock.advance(1_000);
      do await turn();
      while (this.#underWay > 0);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#supervisor.stop();
    await this.#storage.stop();
    await this.#snapshot.stop();
    rmSync(this.#stateDir, { recursive: true });
  }

  async #counted<T>(name: keyof Supervised["calls"] | null, call: Promise<T>): Promise<T> {
    if (name !== null) this.calls[name]++;
    this.#underWay++;
    try {
      return await call;
    } finally {
      this.#underWay--;
    }
  }
}

test("a database that is unavailable at startup is logged once, however often the daemon retries", async () => {
  // Nothing listens on port 1.
  await using daemon = new Supervised({ host: "127.0.0.1", port: 1, user: "nobody", database: "none" });

  await daemon.start();
  await daemon.pass(30);

  expect(daemon.calls.start).toBeGreaterThanOrEqual(5);
  expect(daemon.log.messagesOf("warn")).toEqual(["database unavailable, buffering samples"]);
  expect([daemon.health.available, daemon.health.reason]).toEqual([false, expect.stringContaining("ECONNREFUSED")]);
});

describe("a database that was available at startup", () => {
  test("is logged once while it is unreachable, although partition maintenance fails as well", async () => {
    await using database = await createTestDatabase();
    await using proxy = await PostgresProxy.start(database.url);
    await using daemon = new Supervised(proxy.address);
    await daemon.start();

    proxy.refuse();
    await daemon.pass(180);

    expect(daemon.calls.maintain).toBeGreaterThanOrEqual(4);
    expect(daemon.log.messagesOf("warn")).toEqual(["database unavailable, buffering samples"]);
  });

  test("has a failing partition maintenance logged once, with the reason, while it accepts samples", async () => {
    await using database = await createTestDatabase();
    await using daemon = new Supervised(database.address);
    await daemon.start();

    await database.sql("alter table retention_clock rename to elsewhere");
    await daemon.pass(180);

    expect(daemon.calls.maintain).toBeGreaterThanOrEqual(4);
    expect(daemon.log.messagesOf("warn")).toEqual(["partition maintenance failed"]);
    expect(daemon.log.fieldsOf("partition maintenance")).toEqual([
      { error: expect.stringContaining("retention_clock") },
    ]);
  });
});

import { randomUUID } from "node:crypto";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { StorageWatch } from "../../packages/core/src/daemon/storage-watch.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import type { Sink } from "../../packages/core/src/model/sink.ts";
import { storageSink } from "../../packages/core/src/daemon/storage-sink.ts";
import { Delivery } from "../../packages/core/src/delivery/delivery.ts";
import { WriteHealth } from "../../packages/core/src/delivery/write-health.ts";
import { batchOf } from "../../packages/core/src/storage/testing/fixtures.ts";
import type { PostgresAddress } from "../../packages/core/src/storage/postgres-address.ts";
import type { PostgresStorage } from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import { newPostgresStorage } from "../support/new-postgres-storage.ts";
import { createTestDatabase, querying, urlOfDatabase, type TestDatabase } from "../support/postgres.ts";
import { PostgresProxy } from "../support/postgres-proxy.ts";
import { RecordedLogger } from "../support/recorded-logger.ts";

/** The path of a row into a real PostgreSQL, with a clock that the test moves: outages of minutes take only as long as their statements. */
class WritePath {
  readonly clock = new ManualClock();
  readonly log = new RecordedLogger();
  readonly storage: PostgresStorage;
  readonly health: WriteHealth;
  /** The value of `available`, second by second. */
  readonly answers: boolean[] = [];
  readonly #delivery: Delivery;
  readonly #stopping = new AbortController();
  #watching: Promise<void> = Promise.resolve();
  #underWay = 0;
  #slot = 0;

  constructor(address: PostgresAddress) {
    const { clock, log } = this;
    this.storage = newPostgresStorage(address, { clock });
    this.health = new WriteHealth({
      clock,
      logger: log,
      oldestWaitingMs: () => this.#delivery.stats("storage").oldestMs,
    });
    const write: Sink["write"] = (record) => this.#counted(this.storage.write(record));
    const sink: Sink = { name: "storage", write, start: () => this.storage.start(), stop: () => this.storage.stop() };
    const sinks = [storageSink({ storage: this.storage, sink, health: this.health, rowsMax: 100_000 })];
    this.#delivery = new Delivery({ sinks, clock, random: () => 0, newId: randomUUID, logger: log });
  }

  async start(): Promise<void> {
    const { clock, health, log: logger, storage } = this;
    await storage.start();
    await storage.maintain();
    health.connected();
    this.#delivery.start();
    const probe = () => this.#counted(storage.probe());
    const inventory = { reload: async () => {}, onDoubt: null };
    const watched = { probe, stats: storage.stats };
    const watch = new StorageWatch({ storage: watched, inventory, health, clock, random: () => 0, logger });
    this.#watching = watch.run(this.#stopping.signal);
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#watching;
    await this.#delivery.stop(0);
    await this.storage.stop();
  }

  /** Seconds with or without a row, each of which ends when all calls to the database have ended. */
  async pass(seconds: number, given: { rows?: boolean; during?: () => Promise<unknown> } = {}): Promise<void> {
    for (let second = 0; second < seconds; second++) {
      if (given.rows !== false) this.#delivery.append(batchOf([{ id: 1, ts: this.clock.wallMs() + this.#slot++ }]));
      for (let step = 0; step < 10; step++) {
        this.clock.advance(100);
        await this.#settled();
      }
      await given.during?.();
      this.answers.push(this.health.available);
    }
  }

  /** Appends a row, whose write gets no response while the seconds pass. */
  async passWithoutResponse(seconds: number): Promise<void> {
    this.#delivery.append(batchOf([{ id: 1, ts: this.clock.wallMs() + this.#slot++ }]));
    for (let step = 0; step < seconds * 10; step++) {
      this.clock.advance(100);
      await turn();
    }
    this.answers.push(this.health.available);
  }

  /** How often the value changed. */
  get flips(): number {
    return this.answers.filter((answer, second) => second > 0 && answer !== this.answers[second - 1]).length;
  }

  get waiting(): number {
    return this.#delivery.stats("storage").account.waiting;
  }

  async #settled(): Promise<void> {
    do await turn();
    while (this.#underWay > 0);
  }

  async #counted<T>(call: Promise<T>): Promise<T> {
    this.#underWay++;
    try {
      return await call;
    } finally {
      this.#underWay--;
    }
  }
}

describe("whether the storage accepts samples", () => {
  let database: TestDatabase;
  let proxy: PostgresProxy;
  let path: WritePath;

  beforeEach(async () => {
    database = await createTestDatabase();
    proxy = await PostgresProxy.start(database.url);
    path = new WritePath(proxy.address);
    await path.start();
  });
  afterEach(async () => {
    proxy.heal();
    await path.stop();
    await proxy[Symbol.asyncDispose]();
    await database.drop();
  });

  const setReadOnly = async (value: "on" | "off") => {
    const { sql } = querying(urlOfDatabase(database.url, "postgres"));
    await sql(`alter database ${nameOf(database.url)} set default_transaction_read_only = ${value}`);
    await endSessions();
  };
  const endSessions = () =>
    database.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
    );
  /** A read as by the API: it must not make a failing storage look healthy. */
  const read = () => path.storage.instances.load().catch(() => []);

  test("is detected while every read succeeds: a read-only database is logged as unavailable, once, and its end as well", async () => {
    await path.pass(5);
    await setReadOnly("on");
    await path.pass(30, { during: read });
    const during = [path.health.available, path.health.reason, path.storage.stats.available];
    await setReadOnly("off");
    await path.pass(15, { during: read });

    expect(during).toEqual([false, expect.stringContaining("read-only"), true]);
    expect(path.health.available).toBe(true);
    expect(path.flips).toBe(2);
    expect(path.waiting).toBeLessThanOrEqual(1);
    expect(path.log.messagesOf("warn")).toEqual(["database unavailable, buffering samples"]);
    expect(path.log.messagesOf("info")).toEqual(["database available again"]);
  });

  test("does not flap while the administrator repeatedly terminates all connections", async () => {
    await path.pass(60, { during: endSessions });
    await path.pass(15);

    expect(path.flips).toBeLessThanOrEqual(2);
    expect(path.health.available).toBe(true);
    expect(path.log.messagesOf("warn").length).toBeLessThanOrEqual(1);
  });

  test("is detected when the disk of the database is full", async () => {
    await database.sql(
      `create function full_disk() returns trigger language plpgsql as $$ begin
         raise exception 'could not extend file: No space left on device' using errcode = '53100'; end $$`,
    );
    await database.sql("create trigger full_disk before insert on sample for each row execute function full_disk()");
    await path.pass(15, { during: read });
    const during = [path.health.available, path.health.reason];
    await database.sql("drop trigger full_disk on sample");
    await path.pass(15, { during: read });

    expect(during).toEqual([false, expect.stringContaining("No space left on device")]);
    expect(path.flips).toBe(2);
  });

  test("is detected when the database does not respond: a lock on the table, a network failure", async () => {
    await path.pass(2);
    const locked: unknown[] = [];
    await database.holding("lock table sample in exclusive mode", async () => {
      await path.passWithoutResponse(11);
      // Not after it: the write that waits for the lock ends at once.
      locked.push(path.health.available, path.health.reason);
    });
    await path.pass(15);
    proxy.stall();
    await path.passWithoutResponse(11);
    const stalled = [path.health.available, path.health.reason];
    proxy.heal();
    await path.pass(15);

    // A machine that is suspended for 3 s gets the lock's own timeout.
    const unanswered = expect.stringMatching(/has not responded to a write for 1|lock timeout/);
    expect([locked, stalled]).toEqual([
      [false, unanswered],
      [false, unanswered],
    ]);
    expect(path.health.available).toBe(true);
    expect(path.flips).toBe(4);
  });

  test("is logged once, as refused samples, when the table is missing", async () => {
    await database.sql("drop table sample");
    await path.pass(20, { during: read });

    expect([path.health.available, path.health.reason]).toEqual([false, expect.stringContaining("sample")]);
    expect(path.log.messagesOf("error")).toEqual(["sink refused samples permanently"]);
    expect(path.log.messagesOf("warn")).toEqual([]);
  });

  test("is known without a row to write: the database is probed", async () => {
    await setReadOnly("on");
    await path.pass(20, { rows: false });
    const during = [path.health.available, path.health.reason];
    await setReadOnly("off");
    await path.pass(20, { rows: false });

    expect(during).toEqual([false, expect.stringContaining("read-only")]);
    expect(path.flips).toBe(2);
  });
});

function nameOf(url: string): string {
  return new URL(url).pathname.slice(1);
}

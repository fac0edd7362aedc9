import type { PoolClient } from "pg";
import type { Batch } from "../../model/batch.ts";
import type { Clock } from "../../model/clock.ts";
import type { Logger } from "../../model/logger.ts";
import type { HistoryPoint, HistoryQuery, Storage, WriteOutcome } from "../../model/storage.ts";
import { checkHistoryQuery } from "../history-limits.ts";
import { notStarted, StoreStats } from "../store-stats.ts";
import { Connections } from "./connections.ts";
import { queryHistory } from "./history.ts";
import { Ingest } from "./ingest.ts";
import { PostgresInstanceStore } from "./instance-store.ts";
import { queryLatest } from "./latest.ts";
import { migrate } from "./migrations.ts";
import { Partitions } from "./partitions.ts";
import { openPool } from "./pool.ts";
import { Retention } from "./retention.ts";
import { rowWindow } from "../row-window.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { storeErrorOf } from "./sqlstate.ts";

export interface PostgresStorageOptions {
  /** Where the server is now. May throw `STORE_UNAVAILABLE`; asked again after a lost connection. */
  readonly resolveAddress: () => Promise<PostgresAddress>;
  /** For people; without a password. */
  readonly location: string;
  readonly poolSize: number;
  readonly retentionRawMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The database server's clock, milliseconds since 1970; for tests whose own clock stands in another year. */
  readonly databaseNow?: (client: PoolClient) => Promise<number>;
}

/** Samples and instances in PostgreSQL (14 or newer). This class joins the parts and judges what they throw. */
export class PostgresStorage implements Storage {
  readonly kind = "postgres";
  readonly location: string;
  readonly stats = new StoreStats();
  readonly instances: PostgresInstanceStore;
  readonly #options: PostgresStorageOptions;
  readonly #connections: Connections;
  readonly #partitions: Partitions;
  readonly #ingest: Ingest;
  readonly #retention: Retention;
  #started = false;

  constructor(options: PostgresStorageOptions) {
    const { clock, retentionRawMs } = options;
    this.#options = options;
    this.location = options.location;
    const connections = new Connections(options);
    this.#connections = connections;
    this.#partitions = new Partitions(connections);
    this.#ingest = new Ingest({ connections, partitions: this.#partitions, clock, retentionRawMs });
    const { databaseNow = selectNow, logger } = options;
    const { stats } = this;
    const partitions = this.#partitions;
    this.#retention = new Retention({ connections, partitions, clock, databaseNow, retentionRawMs, stats, logger });
    this.instances = new PostgresInstanceStore((work) => this.#call(() => connections.transaction(work)), clock);
  }

  async start(): Promise<void> {
    await this.#judged(() => this.#migrate());
    this.#started = true;
  }

  async stop(): Promise<void> {
    this.#started = false;
    await this.#connections.stop();
    this.stats.stopped();
  }

  async write(batchId: string, batch: Batch): Promise<WriteOutcome> {
    const startedMs = this.#options.clock.monotonicMs();
    const outcome = await this.#call(() => this.#ingest.write(batchId, batch));
    this.stats.written(outcome.stored, this.#options.clock.monotonicMs() - startedMs);
    return outcome;
  }

  async history(query: HistoryQuery): Promise<readonly HistoryPoint[]> {
    checkHistoryQuery(query);
    return this.#call(() => this.#connections.use((client) => queryHistory(client, query)));
  }

  latest(sinceMs: number): Promise<Batch> {
    const { clock, retentionRawMs } = this.#options;
    const window = { fromMs: sinceMs, toMs: rowWindow(clock.wallMs(), retentionRawMs).toMs };
    return this.#call(() => this.#connections.use((client) => queryLatest(client, window)));
  }

  maintain(): Promise<void> {
    return this.#call(async () => {
      await this.#partitions.ensureAhead(this.#options.clock.wallMs());
      await this.#retention.maintain();
    });
  }

  /** On a pool of its own, whose limits suit long statements. */
  async #migrate(): Promise<void> {
    const address = await this.#options.resolveAddress();
    const pool = await openPool({ address, size: 1, logger: this.#options.logger, purpose: "migration" });
    try {
      await migrate(pool);
    } finally {
      await pool.end();
    }
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#started) throw notStarted();
    return this.#judged(work);
  }

  async #judged<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.stats.reached();
      return result;
    } catch (error) {
      const judged = storeErrorOf(error);
      this.stats.failed(judged);
      throw judged;
    }
  }
}

async function selectNow(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now: Date }>("select clock_timestamp() as now");
  return rows[0]!.now.getTime();
}

import type { PoolClient } from "pg";
import type { Batch } from "../../model/batch.ts";
import type { Clock } from "../../model/clock.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ErrorCode } from "../../model/errors.ts";
import type { HistoryPoint, HistoryQuery } from "../../model/history-store.ts";
import type { Logger } from "../../model/logger.ts";
import type { SampleRecord, WriteOutcome } from "../../model/sink.ts";
import type { Storage } from "../../model/storage.ts";
import { checkHistoryQuery } from "../history-limits.ts";
import { StoreStats } from "../store-stats.ts";
import { Connections } from "./connections.ts";
import { PostgresEventStore } from "./events/event-store.ts";
import { queryHistory } from "./history.ts";
import { Ingest } from "./ingest.ts";
import { inspectServer } from "./inspect-server.ts";
import { PostgresInstanceStore } from "./instance-store.ts";
import { queryLatest } from "./latest.ts";
import { migrate } from "./migrations.ts";
import { Partitions } from "./partitions.ts";
import { openPool } from "./pool.ts";
import { Retention } from "./retention.ts";
import { rowWindow } from "../row-window.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { probeWriting } from "./probe-writing.ts";
import { storeErrorOf } from "./sqlstate.ts";

export interface PostgresStorageOptions {
  /** The current address of the server. May throw `STORE_UNAVAILABLE`; called again after a lost connection. */
  readonly resolveAddress: () => Promise<PostgresAddress>;
  /** For display, without a password. */
  readonly location: string;
  readonly poolSize: number;
  readonly retentionRawMs: number;
  readonly retentionEventsMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The database server's clock, milliseconds since 1970; for tests whose own clock is in another year. */
  readonly databaseNow?: (client: PoolClient) => Promise<number>;
}

/** Samples and instances in PostgreSQL (14 or newer). This class combines the parts and classifies their errors. */
export class PostgresStorage implements Storage {
  readonly name = "storage";
  readonly kind = "postgres";
  readonly location: string;
  readonly stats = new StoreStats();
  readonly instances: PostgresInstanceStore;
  readonly events: PostgresEventStore;
  readonly #options: PostgresStorageOptions;
  readonly #connections: Connections;
  readonly #partitions: Partitions;
  readonly #ingest: Ingest;
  readonly #retention: Retention;
  #started = false;
  /** Whether tables and partitions were ready once: from then on, no refusal is a reason to lose samples. */
  #hasWorked = false;

  constructor(options: PostgresStorageOptions) {
    const { clock, retentionEventsMs, retentionRawMs } = options;
    this.#options = options;
    this.location = options.location;
    const connections = new Connections(options);
    this.#connections = connections;
    this.#partitions = new Partitions(connections);
    this.#ingest = new Ingest({ connections, partitions: this.#partitions, clock, retentionRawMs });
    const { databaseNow = selectNow, logger } = options;
    const { stats } = this;
    const partitions = this.#partitions;
    const retention = { retentionEventsMs, retentionRawMs };
    this.#retention = new Retention({ connections, partitions, clock, databaseNow, ...retention, stats, logger });
    this.events = new PostgresEventStore((work) => this.#call(() => connections.use(work)));
    this.instances = new PostgresInstanceStore(
      (work) => this.#call(() => connections.transaction(work)),
      clock,
      () => this.events.onStored?.(),
    );
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

  async write(record: SampleRecord): Promise<WriteOutcome> {
    const startedMs = this.#options.clock.monotonicMs();
    const outcome = await this.#call(() => this.#ingest.write(record));
    this.stats.written(outcome.delivered, this.#options.clock.monotonicMs() - startedMs);
    if (record.changes !== undefined && record.changes.events.length > 0) this.events.onStored?.();
    return outcome;
  }

  async history(query: HistoryQuery): Promise<readonly HistoryPoint[]> {
    checkHistoryQuery(query);
    return this.#call(() => this.#connections.use((client) => queryHistory(client, query)));
  }

  probe(): Promise<void> {
    return this.#call(() => this.#connections.transaction(probeWriting));
  }

  latest(sinceMs: number): Promise<Batch> {
    const { clock, retentionRawMs } = this.#options;
    const window = { fromMs: sinceMs, toMs: rowWindow(clock.wallMs(), retentionRawMs).toMs };
    return this.#call(() => this.#connections.use((client) => queryLatest(client, window)));
  }

  async maintain(): Promise<void> {
    await this.#call(async () => {
      await this.#partitions.ensureAhead(this.#options.clock.wallMs());
      await this.#retention.maintain();
    });
    this.#hasWorked = true;
  }

  /** With a separate pool, whose limits allow long statements; its second connection is for detecting a pooler. */
  async #migrate(): Promise<void> {
    const address = await this.#options.resolveAddress();
    const pool = await openPool({ address, size: 2, logger: this.#options.logger, purpose: "migration" });
    try {
      await inspectServer(pool);
      await migrate(pool);
    } finally {
      await pool.end();
    }
  }

  async #call<T>(work: () => Promise<T>): Promise<T> {
    if (!this.#started) throw this.stats.notStarted();
    return this.#judged(work, this.#hasWorked ? passing : storeErrorOf);
  }

  async #judged<T>(work: () => Promise<T>, judge = storeErrorOf): Promise<T> {
    try {
      const result = await work();
      this.stats.reached();
      return result;
    } catch (error) {
      const judged = judge(error);
      this.stats.failed(judged);
      throw judged;
    }
  }
}

async function selectNow(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now: Date }>("select clock_timestamp() as now");
  return rows[0]!.now.getTime();
}

/** Errors that end the start: the operator must act. */
const NEEDS_A_PERSON: readonly ErrorCode[] = ["STORE_CREDENTIALS_REFUSED", "STORE_UNSUITABLE", "STORE_URL_INVALID"];

/** If the database worked before, samples are buffered even for errors that the operator must fix: a changed password must not lose them. */
function passing(error: unknown): CloudMonitorError {
  const judged = storeErrorOf(error);
  if (!NEEDS_A_PERSON.includes(judged.code)) return judged;
  return new CloudMonitorError("STORE_UNAVAILABLE", judged.message, { retryable: true, cause: error });
}

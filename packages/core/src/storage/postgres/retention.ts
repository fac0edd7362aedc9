import type { PoolClient } from "pg";
import type { Clock } from "../../model/clock.ts";
import { messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import {
  holdMs,
  mayDrop,
  noteContradicted,
  noteCurrent,
  RetentionClock,
  type RetentionState,
} from "../retention-clock.ts";
import { DAY_MS, rowWindow, startOfDay } from "../row-window.ts";
import type { StoreStats } from "../store-stats.ts";
import type { Connections } from "./connections.ts";
import { expireEvents } from "./events/expire-events.ts";
import { InstancePurge } from "./instance-purge.ts";
import { dropEmptyPartition, dropPartition, isDetaching, listPartitions, partitionBytes } from "./partition-drop.ts";
import type { Partition } from "./partition-drop.ts";
import { AHEAD_DAYS, PARTITIONED, partitionDay, partitionName } from "./partitions.ts";
import type { PartitionedTable, Partitions } from "./partitions.ts";
import { readRetentionState, saveRetentionState } from "./retention-state.ts";
import { sessionSurvives } from "./sqlstate.ts";

export interface RetentionOptions {
  readonly connections: Connections;
  readonly partitions: Partitions;
  readonly clock: Clock;
  /** The database server's clock, milliseconds since 1970. */
  readonly databaseNow: (client: PoolClient) => Promise<number>;
  readonly retentionRawMs: number;
  readonly retentionEventsMs: number;
  readonly stats: StoreStats;
  readonly logger: Logger;
}

/**
 * A batch id outlives every row that its batch may replay: a row is stored at most an hour before its timestamp, and refused
 * once its day is past retention. At most 14 days: each write searches every partition of batch_seen, and a later replay
 * still conflicts with the keys of its rows.
 */
const BATCH_SEEN_EXTRA_MS = 2 * DAY_MS;
const BATCH_SEEN_MAX_MS = 14 * DAY_MS;
const QUARANTINE_MS = 7 * DAY_MS;
/** Key of an advisory lock, "cmon" and a number: keeps a second daemon from dropping the same partitions. */
const DROP_LOCK = 0x636d_6f02;
/** Maximum per table and maintenance: a mistake is noticed before everything is lost, and writers are disturbed only briefly. */
const DROPS_MAX = 10;
/** Maximum difference between the clocks of this machine and the database server; beyond it one of them is wrong. */
const CLOCKS_APART_MAX_MS = 3_600_000;

/** Drops partitions past retention, as long as the clock can be trusted. See decision 0010. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #retentionMs: Readonly<Record<PartitionedTable, number>>;
  readonly #clock: RetentionClock;
  readonly #purge = new InstancePurge();
  /** Future partitions that were reported. */
  readonly #reported = new Set<string>();
  #clocksAgree = true;

  constructor(options: RetentionOptions) {
    const { retentionRawMs } = options;
    this.#options = options;
    this.#retentionMs = {
      sample: retentionRawMs,
      batch_seen: Math.min(retentionRawMs + BATCH_SEEN_EXTRA_MS, BATCH_SEEN_MAX_MS),
      quarantine: QUARANTINE_MS,
    };
    this.#clock = new RetentionClock(options.clock, Math.max(...Object.values(this.#retentionMs)));
  }

  /** One daemon at a time; the others skip it. */
  async maintain(): Promise<void> {
    await this.#options.connections.use(async (client) => {
      const { rows } = await client.query<{ held: boolean }>("select pg_try_advisory_lock($1) as held", [DROP_LOCK]);
      if (rows[0]?.held !== true) return;
      try {
        await this.#maintainAlone(client);
      } finally {
        await client.query("select pg_advisory_unlock($1)", [DROP_LOCK]);
      }
    });
  }

  async #maintainAlone(client: PoolClient): Promise<void> {
    const { clock, retentionRawMs, stats } = this.#options;
    const nowMs = clock.wallMs();
    if (!this.#judgeClocks(nowMs - (await this.#options.databaseNow(client)))) {
      stats.retentionHoldSeconds = retentionRawMs / 1000;
      return this.#noteContradicted(client);
    }
    const partitions: Partition[] = [];
    for (const table of PARTITIONED) partitions.push(...(await listPartitions(client, table)));
    const state = await this.#look(client, partitions);
    const heldMs = holdMs(state, retentionRawMs);
    stats.retentionHoldSeconds = heldMs / 1000;
    for (const table of PARTITIONED) {
      const ofTable = partitions.filter((partition) => partition.table === table);
      await this.#dropExpired(client, ofTable, state);
      if (heldMs === 0) await this.#clearFuture(client, ofTable);
    }
    await this.#deleteRows(client, heldMs === 0);
  }

  /** While the clock cannot be trusted, only instances without history are deleted. */
  async #deleteRows(client: PoolClient, isTrusted: boolean): Promise<void> {
    const { clock, logger, retentionEventsMs, retentionRawMs } = this.#options;
    const nowMs = clock.wallMs();
    try {
      if (isTrusted) {
        await expireEvents(client, nowMs - retentionEventsMs);
        await this.#purge.purgeExpired(client, rowWindow(nowMs, retentionRawMs).fromMs);
      }
      await this.#purge.purgeWithoutHistory(client, nowMs);
    } catch (error) {
      if (!sessionSurvives(error)) throw error;
      logger.warn("old events and deleted instances could not be deleted, retrying", { error: messageOf(error) });
    }
  }

  #judgeClocks(apartMs: number): boolean {
    const agree = Math.abs(apartMs) <= CLOCKS_APART_MAX_MS;
    if (!agree && this.#clocksAgree) {
      this.#options.logger.warn(
        "partition dropping suspended: the clocks of this machine and the database server differ",
        { secondsApart: Math.round(apartMs / 1000) },
      );
    }
    if (agree && !this.#clocksAgree) this.#options.logger.info("clocks of this machine and the database server agree");
    this.#clocksAgree = agree;
    return agree;
  }

  /** Rows stored by this daemon in the meantime may be in a partition that is past retention by the correct clock. */
  async #noteContradicted(client: PoolClient): Promise<void> {
    const nowMs = this.#options.clock.wallMs();
    const before = await readRetentionState(client, nowMs);
    // Without a state the next maintenance drops nothing anyway.
    if (before === null) return;
    const days = [nowMs - DAY_MS, nowMs].map(startOfDay);
    const names = PARTITIONED.flatMap((table) => days.map((day) => partitionName(table, day)));
    await saveRetentionState(client, noteContradicted(before, names));
  }

  async #look(client: PoolClient, partitions: readonly Partition[]): Promise<RetentionState> {
    const { clock, logger, retentionRawMs } = this.#options;
    const nowMs = clock.wallMs();
    const before = await readRetentionState(client, nowMs);
    const looked = this.#clock.look(before);
    if (looked.disturbedAtRunMs === looked.runMs) {
      logger.warn(
        "partition dropping suspended for one retention period: the clock stepped, or no daemon ran for over an hour",
        {
          now: new Date(nowMs).toISOString(),
          lastSeen: before === null ? null : new Date(before.seenMs).toISOString(),
          retentionSeconds: retentionRawMs / 1000,
        },
      );
    }
    const today = startOfDay(nowMs);
    const named = partitions.map(({ name }) => ({ name, isCurrent: partitionDay(name) >= today }));
    const state = noteCurrent(looked, named);
    await saveRetentionState(client, state);
    return state;
  }

  async #dropExpired(client: PoolClient, partitions: readonly Partition[], state: RetentionState): Promise<void> {
    const nowMs = this.#options.clock.wallMs();
    const expired = partitions.filter(({ name, table }) => {
      const retentionMs = this.#retentionMs[table];
      const isPast = name < partitionName(table, rowWindow(nowMs, retentionMs).fromMs);
      return isPast && mayDrop(state, name, retentionMs);
    });
    await this.#each(client, expired, async (partition) => {
      const bytes = await partitionBytes(client, partition);
      this.#options.partitions.forget(partition.name);
      await dropPartition(client, partition);
      this.#noteDropped("partition dropped: its day is past retention", partition, bytes);
    });
  }

  /** Rows stored under a clock far ahead are kept until they are past retention by the correct one; empty partitions are dropped. */
  async #clearFuture(client: PoolClient, partitions: readonly Partition[]): Promise<void> {
    const furthestMs = startOfDay(this.#options.clock.wallMs()) + (AHEAD_DAYS + 1) * DAY_MS;
    const ahead = partitions.filter(({ name }) => partitionDay(name) > furthestMs && !this.#reported.has(name));
    await this.#each(client, ahead, async (partition) => {
      this.#options.partitions.forget(partition.name);
      if (await dropEmptyPartition(client, partition)) {
        this.#noteDropped("partition dropped: it is in the future and empty", partition, 0);
        return;
      }
      this.#reported.add(partition.name);
      this.#options.logger.warn(
        "partition in the future: its rows were stored under a wrong clock; kept until it is past retention",
        { table: partition.table, partition: partition.name, rows: partition.rows },
      );
    });
  }

  /** A locked one does not prevent the others from being dropped. */
  async #each(
    client: PoolClient,
    partitions: readonly Partition[],
    work: (partition: Partition) => Promise<void>,
  ): Promise<void> {
    for (const partition of partitions.slice(0, DROPS_MAX)) {
      try {
        await work(partition);
      } catch (error) {
        if (!sessionSurvives(error)) throw error;
        const { name, table } = partition;
        this.#options.logger.warn("partition could not be dropped, retrying", {
          table,
          partition: name,
          error: messageOf(error),
        });
        if (await isDetaching(client, table)) return;
      }
    }
  }

  #noteDropped(message: string, { name, rows, table }: Partition, bytes: number): void {
    const { clock, logger, stats } = this.#options;
    stats.partitionsDropped[table]++;
    const ageDays = Math.floor((clock.wallMs() - partitionDay(name)) / DAY_MS);
    logger.info(message, { table, partition: name, ageDays, rows, bytes });
  }
}

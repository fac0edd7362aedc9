import type { Batch } from "../model/batch.ts";
import type { Clock } from "../model/clock.ts";
import type { Logger } from "../model/logger.ts";
import type { InstanceSnapshot } from "../model/series-snapshot.ts";
import type { LogCursor } from "./log.ts";
import { MemoryLog } from "./memory-log.ts";
import type { RowAccount } from "./row-accounting.ts";
import { Sender } from "./sender.ts";
import type { SenderOptions } from "./sender.ts";

/** A sink and its options. */
export interface SinkSetup extends Pick<SenderOptions, "sink" | "flushAtStop" | "health" | "isStartedElsewhere"> {
  /** Maximum number of rows waiting for it; beyond it the oldest are dropped. */
  readonly rowsMax: number;
}

export interface DeliveryOptions {
  readonly sinks: readonly SinkSetup[];
  readonly clock: Clock;
  readonly random: () => number;
  /** Creates the ids of records: unique across all processes. */
  readonly newId: () => string;
  readonly logger: Logger;
}

/** Figures of one sink; counters since the start. */
export interface SinkStats {
  readonly account: RowAccount;
  readonly rowsMax: number;
  /** When the oldest waiting row arrived, on the monotonic clock, and its age; null when none waits. */
  readonly oldestMs: number | null;
  readonly oldestSeconds: number | null;
  readonly retries: number;
  /** Monotonic time of its sender's last heartbeat. */
  readonly lastTurnMs: number;
}

interface Served {
  readonly cursor: LogCursor;
  readonly sender: Sender;
}

/** Delivers collected rows to every sink: one log, and a cursor and a sender per sink. */
export class Delivery {
  readonly #clock: Clock;
  readonly #log: MemoryLog;
  readonly #served = new Map<string, Served>();

  /** Throws RangeError when two sinks have the same name. */
  constructor(options: DeliveryOptions) {
    this.#clock = options.clock;
    this.#log = new MemoryLog(options);
    for (const setup of options.sinks) {
      const { name } = setup.sink;
      if (this.#served.has(name)) throw new RangeError(`two sinks are named ${name}`);
      this.#served.set(name, this.#serve(setup, options));
    }
  }

  /** `snapshots`: those collected with the rows. */
  append(batch: Batch, snapshots?: readonly InstanceSnapshot[]): void {
    this.#log.append(batch, snapshots);
  }

  start(): void {
    for (const { sender } of this.#served.values()) sender.start();
  }

  /** Stops all senders concurrently, each by the policy of its sink, within `deadlineMs`. Idempotent, and safe without start(). */
  async stop(deadlineMs: number): Promise<void> {
    await Promise.all([...this.#served.values()].map(({ sender }) => sender.stop(deadlineMs)));
  }

  /** Throws RangeError for an unknown sink. */
  stats(name: string): SinkStats {
    const served = this.#served.get(name);
    if (served === undefined) throw new RangeError(`no sink is named ${name}`);
    const { account, lastTurnMs, retries } = served.sender;
    const { oldestMs, rowsMax } = served.cursor.stats;
    const oldestSeconds = oldestMs === null ? null : (this.#clock.monotonicMs() - oldestMs) / 1000;
    return { account, rowsMax, oldestMs, oldestSeconds, retries, lastTurnMs };
  }

  #serve(setup: SinkSetup, { clock, logger, random }: DeliveryOptions): Served {
    const { rowsMax, sink } = setup;
    const cursor = this.#log.open({ rowsMax, wantsSnapshots: sink.wantsSnapshots ?? false });
    return { cursor, sender: new Sender({ ...setup, cursor, clock, random, logger }) };
  }
}

import type { Pool, PoolClient } from "pg";
import { messageOf } from "../../model/errors.ts";
import type { Logger } from "../../model/logger.ts";
import { openPool } from "./pool.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import { isPoolBusy, sessionSurvives } from "./sqlstate.ts";

export interface ConnectionsOptions {
  /** Called at first use, and again after a lost connection: a private server may restart at another address. May throw. */
  readonly resolveAddress: () => Promise<PostgresAddress>;
  readonly poolSize: number;
  readonly logger: Logger;
}

/** Lends connections of one pool at a time; errors are those of the driver. */
export class Connections {
  readonly #options: ConnectionsOptions;
  #pool: Pool | null = null;
  /** One lookup for all concurrent callers. */
  #opening: Promise<Pool> | null = null;
  /** A connection was lost: the idle ones of its pool are probably dead, too, and would cost a failed call each. */
  #isSuspect = false;
  /** Old pools whose lent connections are not returned yet. */
  readonly #retiring = new Set<Promise<void>>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  /** Lends a connection to `work`. One that is lost, or still busy with a query that timed out, is destroyed. */
  async use<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const pool = await this.#current();
    const client = await pool.connect().catch((error: unknown) => {
      this.#isSuspect ||= !isPoolBusy(error);
      throw error;
    });
    let destroy = true;
    try {
      const result = await work(client);
      destroy = false;
      return result;
    } catch (error) {
      destroy = !sessionSurvives(error);
      this.#isSuspect ||= destroy;
      throw error;
    } finally {
      client.release(destroy);
    }
  }

  /** Runs `work` in a transaction: commits, or rolls back when it throws. */
  transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return this.use(async (client) => {
      await client.query("begin");
      try {
        const result = await work(client);
        await client.query("commit");
        return result;
      } catch (error) {
        // A failed rollback is thrown instead, and the connection destroyed rather than returned inside a transaction.
        if (sessionSurvives(error)) await client.query("rollback");
        throw error;
      }
    });
  }

  /** Waits for lent connections, which have their own timeouts. */
  async stop(): Promise<void> {
    await this.#opening?.catch(() => null);
    this.#retire();
    await Promise.all(this.#retiring);
  }

  async #current(): Promise<Pool> {
    if (this.#pool !== null && !this.#isSuspect) return this.#pool;
    this.#opening ??= this.#open().finally(() => (this.#opening = null));
    return this.#opening;
  }

  async #open(): Promise<Pool> {
    const { resolveAddress, poolSize, logger } = this.#options;
    const address = await resolveAddress();
    const pool = await openPool({ address, size: poolSize, logger, purpose: "service" });
    this.#retire();
    this.#pool = pool;
    this.#isSuspect = false;
    return pool;
  }

  #retire(): void {
    const pool = this.#pool;
    this.#pool = null;
    if (pool === null) return;
    const ended = pool
      .end()
      .catch((error: unknown) => {
        this.#options.logger.debug("old connections did not close cleanly", { reason: messageOf(error) });
      })
      .finally(() => this.#retiring.delete(ended));
    this.#retiring.add(ended);
  }
}

import { setTimeout } from "node:timers/promises";
import pg from "pg";
import type { Clock, PrivateServerOptions, ServerAddress } from "../private-server-options.ts";

const TIMEOUT_MS = 5_000;
const nothing = () => {};

export const clock: Clock = {
  monotonicMs: () => performance.now(),
  async sleep(delayMs, signal) {
    // It rejects when the signal aborts.
    await setTimeout(delayMs, undefined, signal === undefined ? {} : { signal }).catch(nothing);
  },
};

/** Silent, with the system's clock and the driver's defaults. */
export function serverOptions(stateDir: string, binDirs?: readonly string[]): PrivateServerOptions {
  return {
    stateDir,
    logger: { error: nothing, warn: nothing, info: nothing },
    clock,
    restartDelays: { next: () => 150, reset: nothing },
    runStatement: async (address, sql) => void (await query(address, sql)),
    ...(binDirs === undefined ? {} : { binDirs }),
  };
}

/** The first value of the first row. */
export async function query(address: ServerAddress, sql: string): Promise<unknown> {
  const client = new pg.Client({ ...address, connectionTimeoutMillis: TIMEOUT_MS, query_timeout: TIMEOUT_MS });
  // A server that exits during the exchange emits this too; the pending call rejects with the same error.
  client.on("error", nothing);
  try {
    await client.connect();
    const { rows } = await client.query(sql);
    return rows[0] === undefined ? undefined : Object.values(rows[0] as object)[0];
  } finally {
    await client.end();
  }
}

import type { PoolClient } from "pg";
import { CloudMonitorError } from "../../model/errors.ts";

const IS_READ_ONLY = "select current_setting('transaction_read_only')::boolean as read_only";
/** The lock that an insert takes. */
const LOCK = "lock table only sample in row exclusive mode";

/**
 * Throws the error that a write would get, as far as it can be determined without writing: a read-only server, or a locked
 * table, serves every read and accepts no samples. Call it within a transaction.
 */
export async function probeWriting(client: PoolClient): Promise<void> {
  const { rows } = await client.query<{ read_only: boolean }>(IS_READ_ONLY);
  if (rows[0]?.read_only === true) {
    throw new CloudMonitorError("STORE_UNAVAILABLE", "the database is unavailable: it is read-only", {
      retryable: true,
    });
  }
  await client.query(LOCK);
}

import { silentLogger } from "../../packages/core/src/model/logger.ts";
import { ManualClock } from "../../packages/core/src/model/testing/manual-clock.ts";
import {
  CONTRACT_EVENTS_RETENTION_MS,
  CONTRACT_RETENTION_MS,
} from "../../packages/core/src/storage/testing/fixtures.ts";
import {
  PostgresStorage,
  type PostgresStorageOptions,
} from "../../packages/core/src/storage/postgres/postgres-storage.ts";
import type { PostgresAddress } from "../../packages/core/src/storage/postgres-address.ts";

/** A storage on the given server, not started; its clock is at the start of 2026 unless given, and the database
 * server has the same. */
export function newPostgresStorage(
  address: PostgresAddress,
  options: Partial<PostgresStorageOptions> = {},
): PostgresStorage {
  const { clock = new ManualClock() } = options;
  return new PostgresStorage({
    resolveAddress: async () => address,
    location: "test",
    poolSize: 4,
    retentionRawMs: CONTRACT_RETENTION_MS,
    retentionEventsMs: CONTRACT_EVENTS_RETENTION_MS,
    clock,
    logger: silentLogger,
    databaseNow: async () => clock.wallMs(),
    ...options,
  });
}

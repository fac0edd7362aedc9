import type { PrivateServer } from "@cloud-monitor/private-postgres";
import type { Config } from "../config/config.ts";
import { parseDatabaseUrl } from "../config/database/database-url.ts";
import type { Clock } from "../model/clock.ts";
import type { Logger } from "../model/logger.ts";
import type { Storage } from "../model/storage.ts";
import { MemoryStorage } from "../storage/memory/memory-storage.ts";
import { PostgresStorage } from "../storage/postgres/postgres-storage.ts";
import { createPrivateServer, privateAddress } from "../storage/postgres/private-server.ts";

export interface ChosenStorage {
  readonly storage: Storage;
  /** The server to stop after the storage; null unless the daemon runs a private one. */
  readonly privateServer: PrivateServer | null;
}

export interface StorageTools {
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** Memory, the user's PostgreSQL, or a private one, according to the configuration. */
export function chooseStorage(config: Config, { clock, random, logger }: StorageTools): ChosenStorage {
  const { databaseUrl, kind, memoryRowsMax, poolSize, retentionEventsMs, retentionRawMs } = config.storage;
  if (kind === "memory") {
    return { storage: new MemoryStorage({ clock, rowsMax: memoryRowsMax, retentionRawMs }), privateServer: null };
  }
  const postgres = { clock, logger: logger.child("storage"), poolSize, retentionEventsMs, retentionRawMs };
  if (databaseUrl !== null) {
    const { address, location } = parseDatabaseUrl(databaseUrl);
    const resolveAddress = async () => address;
    return { storage: new PostgresStorage({ ...postgres, location, resolveAddress }), privateServer: null };
  }
  const { stateDir } = config;
  const privateServer = createPrivateServer({ stateDir, clock, random, logger: logger.child("postgres") });
  const location = `private PostgreSQL in ${stateDir}/postgres`;
  const resolveAddress = () => privateAddress(privateServer);
  return { storage: new PostgresStorage({ ...postgres, location, resolveAddress }), privateServer };
}

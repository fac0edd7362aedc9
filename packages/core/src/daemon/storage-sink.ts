import type { SinkSetup } from "../delivery/delivery.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { Sink } from "../model/sink.ts";
import type { Storage } from "../model/storage.ts";

export interface StorageSinkOptions {
  readonly storage: Pick<Storage, "stats">;
  /** What writes to the storage. */
  readonly sink: Sink;
  readonly health: WriteHealth;
  readonly rowsMax: number;
}

/** The storage as the first sink. Its supervisor starts it, since the instances are loaded from it before there are rows. */
export function storageSink({ health, rowsMax, sink, storage }: StorageSinkOptions): SinkSetup {
  // A database that is unavailable at shutdown will not recover in time.
  return { sink, rowsMax, health, isStartedElsewhere: true, flushAtStop: () => storage.stats.available };
}

import type { SinkSetup } from "../delivery/delivery.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { Storage } from "../model/storage.ts";

/** The storage as the first sink. Its supervisor starts it, since the instances are loaded from it before there are rows. */
export function storageSink(
  storage: Storage,
  { health, rowsMax }: { readonly health: WriteHealth; readonly rowsMax: number },
): SinkSetup {
  // A database that is unavailable at shutdown will not recover in time.
  return { sink: storage, rowsMax, health, isStartedElsewhere: true, flushAtStop: () => storage.stats.available };
}

import type { SinkSetup } from "../delivery/delivery.ts";
import type { WriteHealth } from "../delivery/write-health.ts";
import type { Storage } from "../model/storage.ts";

/** The storage as the first of the sinks: its supervisor starts it, since the instances are read from it before rows come. */
export function storageSink(
  storage: Storage,
  { health, rowsMax }: { readonly health: WriteHealth; readonly rowsMax: number },
): SinkSetup {
  // A database that is away when the daemon stops will not be back in time.
  return { sink: storage, rowsMax, health, isStartedElsewhere: true, flushAtStop: () => storage.stats.available };
}

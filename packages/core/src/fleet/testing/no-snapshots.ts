import type { Clock } from "../../model/clock.ts";
import { LatestSnapshots } from "../latest-snapshots.ts";

/** Of a fleet that nobody collects: snapshots come by record() alone. */
export function noSnapshots(clock: Clock): LatestSnapshots {
  return new LatestSnapshots({ clock, bytesMax: 1024 * 1024, refresh: async () => null });
}

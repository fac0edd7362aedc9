import type { Clock } from "../../model/clock.ts";
import { LatestSnapshots } from "../latest-snapshots.ts";

/** For a fleet without collection: snapshots come only from record(). */
export function noSnapshots(clock: Clock): LatestSnapshots {
  return new LatestSnapshots({ clock, bytesMax: 1024 * 1024, refresh: async () => null });
}

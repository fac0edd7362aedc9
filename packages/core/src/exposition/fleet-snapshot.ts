import type { FleetView } from "../fleet/fleet-view.ts";
import type { Catalogue } from "../model/catalogue/catalogue.ts";
import type { Family } from "./family.ts";
import { FleetFamilies } from "./fleet-families.ts";
import { InstanceFamilies } from "./instance-families.ts";
import type { Pace } from "./pace.ts";

/** Instances between two looks at the clock: a fraction of a millisecond. */
const STRIDE = 64;

export interface FleetSnapshotOptions {
  readonly catalogue: Catalogue;
  /** Beyond this many instances only aggregates are served. */
  readonly instancesMax: number;
}

/**
 * Walks the fleet once and copies what the page needs, because values and rows move on while a page is written.
 * Each instance is read at one moment; the fleet as a whole within a few turns of the loop.
 */
export async function fleetSnapshot(fleet: FleetView, pace: Pace, options: FleetSnapshotOptions): Promise<Family[]> {
  const exposed = fleet.size <= options.instancesMax;
  const aggregates = new FleetFamilies();
  const instances = new InstanceFamilies(fleet.hostId);
  let visited = 0;
  for (const instance of fleet.instances()) {
    if (++visited % STRIDE === 0) await pace.pause();
    const status = fleet.statusOf(instance);
    aggregates.add(instance, status, fleet.latest);
    if (exposed) instances.add(instance, status, fleet.latest);
  }
  return [...aggregates.families(options.catalogue, exposed), ...instances.families(options.catalogue)];
}

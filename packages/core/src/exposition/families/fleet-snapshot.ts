import type { FleetView } from "../../fleet/fleet-view.ts";
import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { Family } from "../encoding/family.ts";
import { FleetFamilies } from "./fleet-families.ts";
import { InstanceFamilies } from "./instance-families.ts";
import type { TimeSlicer } from "../encoding/time-slicer.ts";

/** Instances between two checks of the clock: a fraction of a millisecond. */
const STRIDE = 64;

export interface FleetSnapshotOptions {
  readonly catalogue: Catalogue;
  /** This number of instances, in order, have series of their own; the others are only in the aggregates. */
  readonly instancesMax: number;
}

/**
 * Iterates over the fleet once and copies what the response needs, because values and rows change while it is written.
 * Each instance is read consistently; the fleet as a whole within a few event-loop turns.
 */
export async function fleetSnapshot(
  fleet: FleetView,
  slicer: TimeSlicer,
  options: FleetSnapshotOptions,
): Promise<Family[]> {
  const aggregates = new FleetFamilies();
  const instances = new InstanceFamilies(fleet.hostId);
  let visited = 0;
  for (const instance of fleet.instances()) {
    if (++visited % STRIDE === 0) await slicer.pause();
    const isExposed = visited <= options.instancesMax;
    const status = fleet.statusOf(instance);
    aggregates.add(instance, status, fleet.latest);
    if (isExposed) instances.add(instance, status, fleet.latest);
  }
  return [
    ...aggregates.families(options.catalogue, visited <= options.instancesMax),
    ...instances.families(options.catalogue),
  ];
}

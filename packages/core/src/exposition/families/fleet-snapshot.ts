import type { FleetView } from "../../fleet/fleet-view.ts";
import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { Family } from "../encoding/family.ts";
import type { Instance } from "../../model/instance.ts";
import { placeOf } from "./exposed-place.ts";
import { FleetFamilies } from "./fleet-families.ts";
import { InstanceFamilies } from "./instance-families.ts";
import type { TimeSlicer } from "../encoding/time-slicer.ts";

/** Instances between two checks of the clock: a fraction of a millisecond. */
const STRIDE = 64;

export interface FleetSnapshotOptions {
  readonly catalogue: Catalogue;
  /** See placeOf. */
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
  let exposed = 0;
  for (const instance of fleet.instances()) {
    if (++visited % STRIDE === 0) await slicer.pause();
    const isExposed = placeIn(fleet, instance, options.instancesMax) === 0;
    const status = fleet.statusOf(instance);
    aggregates.add(instance, status, fleet.latest);
    if (!isExposed) continue;
    exposed++;
    instances.add(instance, status, fleet.latest);
  }
  return [...aggregates.families(options.catalogue, visited === exposed), ...instances.families(options.catalogue)];
}

/** The series of the instances of one page of `/metrics/instances`, from 1. */
export async function pageSnapshot(
  fleet: FleetView,
  slicer: TimeSlicer,
  { catalogue, instancesMax, page }: FleetSnapshotOptions & { readonly page: number },
): Promise<readonly Family[]> {
  const instances = new InstanceFamilies(fleet.hostId);
  let visited = 0;
  for (const instance of fleet.instances()) {
    if (++visited % STRIDE === 0) await slicer.pause();
    if (placeIn(fleet, instance, instancesMax) === page)
      instances.add(instance, fleet.statusOf(instance), fleet.latest);
  }
  return instances.families(catalogue);
}

/** How many instances have their series on `/metrics`, and the numbers of the pages that have any. */
export function exposedPlaces(fleet: FleetView, instancesMax: number): { exposed: number; pages: number[] } {
  const pages = new Set<number>();
  let exposed = 0;
  for (const instance of fleet.instances()) {
    const place = placeIn(fleet, instance, instancesMax);
    if (place === 0) exposed++;
    else pages.add(place);
  }
  return { exposed, pages: [...pages].sort((a, b) => a - b) };
}

function placeIn({ hostId }: FleetView, { id }: Instance, instancesMax: number): number {
  return placeOf(id === hostId ? 0 : id, instancesMax);
}

import type { Fleet } from "../../fleet/fleet.ts";
import { CloudMonitorError } from "../../model/errors.ts";
import type { Instance } from "../../model/instance.ts";

/** The instance for an id in a path. `INSTANCE_NOT_FOUND` */
export function knownInstance(fleet: Fleet, idText: string): Instance {
  const instance = fleet.get(fleet.resolve(Number(idText)));
  if (instance !== undefined) return instance;
  throw new CloudMonitorError("INSTANCE_NOT_FOUND", "No instance has this id; GET /instances lists those that exist.");
}

import type { Event } from "@cloud-monitor/client";
import type { Fleet } from "../../fleet/fleet.ts";
import type { StoredEvent } from "../../model/event.ts";

/** An event as returned by the API. */
export function presentEvent(fleet: Pick<Fleet, "publicId">, event: StoredEvent): Event {
  return {
    id: event.id,
    at: new Date(event.atMs).toISOString(),
    type: event.type,
    instanceId: fleet.publicId(event.instanceId),
    name: event.instanceName,
    status: event.status,
    reason: event.reason,
    details: event.details,
  };
}

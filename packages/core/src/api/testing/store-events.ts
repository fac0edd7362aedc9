import { allocateBatch } from "../../model/batch.ts";
import type { NewEvent } from "../../model/event.ts";
import type { InstanceStatus } from "../../model/instance.ts";
import type { Storage } from "../../model/storage.ts";

let records = 0;

export async function storeEvents(storage: Pick<Storage, "write">, events: readonly NewEvent[]): Promise<void> {
  const record = { id: `record-${++records}`, batch: allocateBatch(0), changes: { events, unwatched: [] } };
  await storage.write(record, new AbortController().signal);
}

export function statusEvent(instanceId: number, atMs: number, status: InstanceStatus): NewEvent {
  const instanceName = `instance-${instanceId}`;
  return { atMs, type: "status", instanceId, instanceName, status, reason: null, details: null };
}

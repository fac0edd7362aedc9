import { isDeepStrictEqual } from "node:util";
import type { NewEvent } from "../model/event.ts";
import type { Instance, InstanceChange } from "../model/instance.ts";

/** Names and sources of removed instances, which a store still knows. */
export type RemovedInstance = Pick<Instance, "id" | "name" | "source">;

const CHANGEABLE: readonly (keyof InstanceChange)[] = [
  "name",
  "ip",
  "interval",
  "target",
  "profile",
  "module",
  "labels",
  "simulation",
];

export function addedEvent({ createdAtMs, id, kind, name, source }: Instance): NewEvent {
  return { ...eventOf(id, name, createdAtMs), type: "instance_added", details: { kind, source } };
}

/** Null when they are equal. */
export function changedEvent(before: Instance, after: Instance, atMs: number): NewEvent | null {
  const changed = CHANGEABLE.filter((field) => !isDeepStrictEqual(before[field], after[field]));
  if (changed.length === 0) return null;
  const details = before.name === after.name ? { changed } : { changed, previousName: before.name };
  return { ...eventOf(after.id, after.name, atMs), type: "instance_changed", details };
}

export function removedEvent({ id, name, source }: RemovedInstance, atMs: number): NewEvent {
  return { ...eventOf(id, name, atMs), type: "instance_removed", details: { source } };
}

function eventOf(instanceId: number, instanceName: string, atMs: number) {
  return { instanceId, instanceName, atMs, status: null, reason: null };
}

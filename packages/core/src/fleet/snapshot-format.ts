import type { Instance } from "../model/instance.ts";
import { INSTANCE_KINDS } from "../model/instance.ts";

const VERSION = 1;
const INSTANCES_A_CHUNK = 500;

/**
 * The text of a snapshot in pieces of 500 instances: 100,000 instances are 20 MB, and as one string they would hold
 * the event loop for a quarter of a second.
 */
export function* formatSnapshot(instances: readonly Instance[]): Generator<string> {
  yield `{"version":${VERSION},"instances":[`;
  for (let start = 0; start < instances.length; start += INSTANCES_A_CHUNK) {
    const chunk = instances.slice(start, start + INSTANCES_A_CHUNK);
    yield (start === 0 ? "\n" : ",\n") + chunk.map((instance) => JSON.stringify(instance)).join(",\n");
  }
  yield "\n]}\n";
}

/** Throws a sentence about what is wrong with the text. */
export function parseSnapshot(text: string): readonly Instance[] {
  const snapshot: unknown = JSON.parse(text);
  if (!isRecord(snapshot)) throw new Error("found no JSON object");
  if (snapshot["version"] !== VERSION) throw new Error(`found another version than ${VERSION}`);
  const { instances } = snapshot;
  if (!Array.isArray(instances)) throw new Error("found no list of instances");
  const bad = instances.findIndex((instance) => !isInstance(instance));
  if (bad >= 0) throw new Error(`entry ${bad} is not an instance`);
  return instances as Instance[];
}

function isInstance(value: unknown): value is Instance {
  if (!isRecord(value)) return false;
  return (
    Number.isInteger(value["id"]) &&
    typeof value["name"] === "string" &&
    typeof value["ip"] === "string" &&
    Number.isInteger(value["interval"]) &&
    INSTANCE_KINDS.some((kind) => kind === value["kind"]) &&
    isNullOr(value["target"], (target) => typeof target === "string") &&
    isRecord(value["labels"]) &&
    isNullOr(value["simulation"], isRecord) &&
    typeof value["source"] === "string" &&
    Number.isFinite(value["createdAtMs"])
  );
}

function isNullOr(value: unknown, check: (value: unknown) => boolean): boolean {
  return value === null || check(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

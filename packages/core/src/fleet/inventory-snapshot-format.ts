import type { Instance } from "../model/instance.ts";
import { parseEntry } from "./inventory-snapshot-entry.ts";

const VERSION = 1;
const INSTANCES_A_CHUNK = 500;

/**
 * The text of a snapshot in pieces of 500 instances: 100,000 instances are 20 MB, and as one string they would block
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

export interface ParsedSnapshot {
  readonly instances: readonly Instance[];
  /** Ignored entries: invalid, or with an id or name of an earlier one. */
  readonly skipped: number;
  /** Of the first of them: its position and what is wrong. */
  readonly firstProblem: string | null;
}

/** Throws an Error that says what is wrong with the text as a whole; an invalid entry is ignored. */
export function parseSnapshot(text: string): ParsedSnapshot {
  const snapshot: unknown = JSON.parse(text);
  if (typeof snapshot !== "object" || snapshot === null) throw new Error("found no JSON object");
  if (!("version" in snapshot) || snapshot.version !== VERSION)
    throw new Error(`found another version than ${VERSION}`);
  if (!("instances" in snapshot) || !Array.isArray(snapshot.instances)) throw new Error("found no list of instances");
  return parseEntries(snapshot.instances);
}

function parseEntries(values: readonly unknown[]): ParsedSnapshot {
  const instances: Instance[] = [];
  const ids = new Set<number>();
  const names = new Set<string>();
  let firstProblem: string | null = null;
  for (const [index, value] of values.entries()) {
    const { instance, problem } = parseEntry(value);
    const isTwin = instance !== null && (ids.has(instance.id) || isNamedTwice(instance, names));
    if (instance === null || isTwin) {
      firstProblem ??= `entry ${index}: ${problem ?? "id or name of an earlier one"}`;
      continue;
    }
    ids.add(instance.id);
    if (instance.id > 0) names.add(instance.name);
    instances.push(instance);
  }
  return { instances, skipped: values.length - instances.length, firstProblem };
}

/** A host may have the same name as an instance. */
function isNamedTwice({ id, name }: Instance, names: ReadonlySet<string>): boolean {
  return id > 0 && names.has(name);
}

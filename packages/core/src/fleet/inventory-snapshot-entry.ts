import { isAddress } from "../platform/address.ts";
import type { Instance } from "../model/instance.ts";
import {
  INSTANCE_KINDS,
  INSTANCE_LIMITS,
  LABEL_NAME_PATTERN,
  RESERVED_LABELS,
  SIMULATION_FAULTS,
  SIMULATION_PROFILES,
} from "../model/instance.ts";

/** An instance of a snapshot, or the name of the first field that the API would not accept. */
export type Entry =
  | { readonly instance: Instance; readonly problem: null }
  | { readonly instance: null; readonly problem: string };

type Check = (value: unknown) => boolean;

const ID_MAX = 2 ** 31 - 1;
const TIME_MS_MAX = 8.64e15;

/** A file in STATE_DIR may have been edited: its values are checked by the rules of the API, and unknown fields ignored. */
export function parseEntry(value: unknown): Entry {
  if (!isRecord(value)) return { instance: null, problem: "no object" };
  const problem = Object.entries(FIELDS).find(([name, check]) => !check(value[name]))?.[0];
  if (problem !== undefined) return { instance: null, problem };
  if ((value["kind"] === "host") !== Number(value["id"]) < 0) return { instance: null, problem: "kind" };
  const known = Object.fromEntries(Object.keys(FIELDS).map((name) => [name, value[name] ?? null]));
  return { instance: known as unknown as Instance, problem: null };
}

/**
 * No control characters, lone surrogates, line separators or characters that change the writing direction. Looser than
 * the API: a name accepted by an earlier release must load.
 */
const PLAIN = "[^\\p{Cc}\\p{Cs}\\p{Zl}\\p{Zp}\\u202A-\\u202E\\u2066-\\u2069]";
const isName = plainText(1, INSTANCE_LIMITS.nameLengthMax);
const isTarget = plainText(1, 2_048);
const isSource = plainText(1, 256);
const isReserved = oneOf(RESERVED_LABELS);
const isLabelValue = plainText(0, INSTANCE_LIMITS.labelValueLengthMax);

/** RFC 3339, which allows leap seconds, unlike Date.parse. */
const MOMENT = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d(?::?\d\d)?)$/;

const SIMULATION = new Map<string, Check>(
  Object.entries({
    seed: whole(0, 2 ** 32 - 1),
    profile: oneOf(SIMULATION_PROFILES),
    fault: oneOf(SIMULATION_FAULTS),
    at: (value: unknown) => typeof value === "string" && value.length <= 64 && MOMENT.test(value),
    delayMs: whole(1, 600_000),
  }),
);

const FIELDS: Readonly<Record<keyof Instance, Check>> = {
  id: (value) => whole(-ID_MAX, ID_MAX)(value) && value !== 0,
  name: (value) => isName(value) && !/^\s|\s$/u.test(String(value)),
  ip: (value) => typeof value === "string" && isAddress(value),
  interval: whole(INSTANCE_LIMITS.intervalSecondsMin, INSTANCE_LIMITS.intervalSecondsMax),
  kind: oneOf(INSTANCE_KINDS),
  target: (value) => value === null || isTarget(value),
  profile: isNameOrNone,
  module: isNameOrNone,
  labels: areLabels,
  simulation: (value) => value === null || isSimulation(value),
  source: (value) => isSource(value) && /^(?:api$|config$|discovery:)/.test(String(value)),
  createdAtMs: (value) => typeof value === "number" && value >= 0 && value <= TIME_MS_MAX,
};

/** Absent in files of an earlier release. */
function isNameOrNone(value: unknown): boolean {
  return value === null || value === undefined || isName(value);
}

function areLabels(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const labels = Object.entries(value);
  return labels.length <= INSTANCE_LIMITS.labelsMax && labels.every(([name, text]) => isLabel(name, text));
}

function isLabel(name: string, text: unknown): boolean {
  const isLabelName = LABEL_NAME_PATTERN.test(name) && name.length <= INSTANCE_LIMITS.labelNameLengthMax;
  return isLabelName && !isReserved(name) && isLabelValue(text);
}

function isSimulation(value: unknown): boolean {
  return isRecord(value) && Object.entries(value).every(([name, each]) => SIMULATION.get(name)?.(each) ?? false);
}

/** Lengths in code points, as JSON Schema counts them. */
function plainText(lengthMin: number, lengthMax: number): Check {
  const pattern = new RegExp(`^${PLAIN}{${lengthMin},${lengthMax}}$`, "u");
  return (value) => typeof value === "string" && pattern.test(value);
}

function whole(min: number, max: number): Check {
  return (value) => Number.isInteger(value) && Number(value) >= min && Number(value) <= max;
}

function oneOf(values: readonly string[]): Check {
  return (value) => values.some((each) => each === value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

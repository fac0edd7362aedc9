import type { ErrorDetail } from "../errors.ts";
import { oddCharacterOf, PLAIN } from "./plain-text.ts";

/** The relevant part of an ajv error; `parentSchema` because of ajv's option `verbose`. */
export interface SchemaViolation {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly parentSchema?: Readonly<Record<string, unknown>> | undefined;
  readonly data?: unknown;
}

const KEY_LENGTH_MAX = 64;

/**
 * One message per invalid field, with a JSON pointer (RFC 6901). Given values are not repeated, except for the code point
 * of an invisible character; the name of an unknown field is, at the end of the pointer, truncated to 64 characters.
 */
export function fieldErrors(violations: readonly SchemaViolation[], prefix = ""): ErrorDetail[] {
  const byPlace = new Map<string, ErrorDetail>();
  for (const violation of violations) {
    // The pattern's own error is more specific than "property name must be valid", which accompanies it.
    if (violation.keyword === "propertyNames") continue;
    const where = prefix + violation.instancePath + missingOrExtra(violation);
    if (!byPlace.has(where)) byPlace.set(where, { where, message: sentence(violation) });
  }
  return [...byPlace.values()];
}

function missingOrExtra({ keyword, params }: SchemaViolation): string {
  const key = keyword === "required" ? params["missingProperty"] : params["additionalProperty"];
  return typeof key === "string" ? `/${escapePointer(key.slice(0, KEY_LENGTH_MAX))}` : "";
}

function sentence({ keyword, parentSchema, data }: SchemaViolation): string {
  const wanted = parentSchema?.["description"];
  if (keyword === "required") return "is missing";
  if (keyword === "additionalProperties")
    return typeof wanted !== "string" ? "not allowed here" : `not allowed here; wanted ${wanted}`;
  const refused = typeof wanted !== "string" ? "has an unusable value" : `must be ${wanted}`;
  const isPlain = String(parentSchema?.["pattern"]).includes(PLAIN);
  const odd = keyword === "pattern" && isPlain && typeof data === "string" ? oddCharacterOf(data) : null;
  return odd === null ? refused : `${refused}; found ${odd}`;
}

function escapePointer(key: string): string {
  return key.replaceAll("~", "~0").replaceAll("/", "~1");
}

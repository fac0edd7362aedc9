import * as Type from "typebox";

export interface RepeatableOptions {
  readonly pattern: string;
  readonly description: string;
}

/** A query parameter that may be given once or repeatedly. */
export function repeatable({ pattern, description }: RepeatableOptions) {
  return Type.Unsafe<string | string[]>({
    type: ["string", "array"],
    items: { type: "string", pattern, description },
    maxItems: 64,
    pattern,
    description,
  });
}

/** Its values as a list. */
export function valuesOf(given: string | readonly string[] | undefined): readonly string[] {
  if (given === undefined) return [];
  return typeof given === "string" ? [given] : given;
}

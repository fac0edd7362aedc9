import type { Static, TSchema } from "typebox";
import * as Type from "typebox";

interface TextMapOptions {
  /** Of the keys; default any. */
  readonly pattern?: string;
  readonly description?: string;
  readonly additionalProperties?: false;
  readonly maxProperties?: number;
}

/** An object of any keys. Not `Type.Record`, which alone adds the 115 KB of typebox's type engine to the bundle. */
export function textMap<S extends TSchema>(value: S, { pattern = "^.*$", ...options }: TextMapOptions = {}) {
  return Type.Unsafe<Record<string, Static<S>>>({
    type: "object",
    patternProperties: { [pattern]: value },
    ...options,
  });
}

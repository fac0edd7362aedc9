import type { Static, TSchema } from "typebox";
import * as Type from "typebox";

/** The schema, or null: as a list of types, because `anyOf` would name each bad field twice. */
export function nullable<S extends TSchema>(schema: S) {
  const plain = schema as { type?: string; description?: string };
  return Type.Unsafe<Static<S> | null>({
    ...schema,
    type: [plain.type, "null"],
    description: `${plain.description ?? "a value"}, or null`,
  });
}

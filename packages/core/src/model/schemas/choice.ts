import * as Type from "typebox";

/** One of a fixed set of strings. */
export function choice<const V extends readonly string[]>(values: V, description?: string) {
  const wanted = description ?? `one of ${values.join(", ")}`;
  return Type.Unsafe<V[number]>({ type: "string", enum: [...values], description: wanted });
}

import { repeatable, valuesOf } from "../schemas/repeatable.ts";

/** `label=name=value`, repeatable: all must match. */
export const LabelFilterSchema = repeatable({
  pattern: "^[a-z_][a-z0-9_]{0,63}=[^\\x00-\\x1f]{0,256}$",
  description: "name=value of a label, up to 64 times",
});

export function labelFilters(given: string | readonly string[] | undefined): [name: string, value: string][] {
  return valuesOf(given).map((text) => {
    const at = text.indexOf("=");
    return [text.slice(0, at), text.slice(at + 1).normalize()];
  });
}

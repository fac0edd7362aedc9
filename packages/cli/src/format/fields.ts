import { formatTable } from "./table.ts";

/** One object, one line per field. */
export function formatFields(fields: readonly (readonly [name: string, value: string])[]): string {
  return formatTable<readonly [string, string]>(
    [
      { title: "FIELD", text: ([name]) => name },
      { title: "VALUE", text: ([, value]) => value },
    ],
    fields,
  );
}

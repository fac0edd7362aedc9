import type { SortKey, SortPlace } from "./sort-orders.ts";
import { SORT_KEYS, SORT_ORDERS } from "./sort-orders.ts";

/** The position of the last item of a page. */
export interface ListCursor extends SortPlace {
  readonly sort: SortKey;
}

/** Opaque to users; it contains nothing that the page did not show. */
export function encodeCursor(cursor: ListCursor): string {
  return Buffer.from(JSON.stringify([cursor.sort, cursor.key, cursor.id])).toString("base64url");
}

/** Null when the text is not a cursor. */
export function decodeCursor(text: string): ListCursor | null {
  try {
    return asCursor(JSON.parse(Buffer.from(text, "base64url").toString()));
  } catch {
    return null;
  }
}

function asCursor(value: unknown): ListCursor | null {
  if (!Array.isArray(value) || value.length !== 3) return null;
  const [name, key, id]: unknown[] = value;
  const sort = SORT_KEYS.find((known) => known === name);
  if (sort === undefined || !Number.isInteger(id) || typeof key !== SORT_ORDERS[sort].type) return null;
  return { sort, key: key as string | number, id: id as number };
}

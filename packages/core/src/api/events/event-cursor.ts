import type { EventPosition } from "../../model/event-store.ts";

/** Opaque to users; it contains nothing that the page did not show. */
export function encodeEventCursor({ atMs, id }: EventPosition): string {
  return Buffer.from(JSON.stringify([atMs, id])).toString("base64url");
}

/** Null when the text is not a cursor. */
export function decodeEventCursor(text: string): EventPosition | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(text, "base64url").toString());
    if (!Array.isArray(value) || value.length !== 2) return null;
    const [atMs, id]: unknown[] = value;
    const isPosition = Number.isSafeInteger(atMs) && Number.isSafeInteger(id) && isDate(atMs as number);
    return isPosition ? { atMs: atMs as number, id: id as number } : null;
  } catch {
    return null;
  }
}

/** Of the years that the database and the API know. */
function isDate(ms: number): boolean {
  return ms >= 0 && ms < Date.UTC(10_000);
}

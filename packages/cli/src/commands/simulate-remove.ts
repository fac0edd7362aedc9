import type { Session } from "../session.ts";
import { formatFields } from "../format/fields.ts";

/** Removes all with the label, as many at a time as the daemon takes. */
export async function removeFleet({ client, printer }: Session, label: string): Promise<void> {
  let removed = 0;
  for (let last = -1; last !== 0; removed += last) last = (await client.removeInstances({ label: [label] })).removed;
  const result = { removed, label };
  printer.data(result, () => formatFields(Object.entries(result).map(([name, value]) => [name, String(value)])));
}

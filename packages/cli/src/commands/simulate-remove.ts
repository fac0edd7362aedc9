import type { Session } from "../session.ts";
import { formatFields } from "../format/fields.ts";

/** Removes all instances with the label. */
export async function removeFleet({ client, printer }: Session, label: string): Promise<void> {
  const { removed } = await client.removeInstances({ label: [label] });
  const result = { removed, label };
  printer.data(result, () => formatFields(Object.entries(result).map(([name, value]) => [name, String(value)])));
}

import { COLUMN } from "../model/core-metrics.ts";
import type { Instance, InstanceStatus } from "../model/instance.ts";

/** The part of the fleet that a query uses. */
export interface QueryableFleet {
  instances(): Iterable<Instance>;
  statusOf(instance: Instance): InstanceStatus;
  publicId(id: number): number;
  readonly latest: { row(id: number): number; readonly columns: readonly Float64Array[] };
}

/** The position of an instance in a sort order; ties are broken by the id. */
export interface SortPlace {
  readonly key: string | number;
  readonly id: number;
}

export const SORT_KEYS = ["id", "name", "cpu_usage_percent", "memory_usage_percent", "status"] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface SortOrder {
  readonly type: "string" | "number";
  /** Ascending. */
  key(fleet: QueryableFleet, instance: Instance): string | number;
}

/** The highest usage first, problems first, else ascending. */
export const SORT_ORDERS: Readonly<Record<SortKey, SortOrder>> = {
  id: { type: "number", key: () => 0 },
  name: { type: "string", key: (_fleet, instance) => instance.name },
  cpu_usage_percent: highestFirst(COLUMN.cpu_usage_percent),
  memory_usage_percent: highestFirst(COLUMN.memory_usage_percent),
  status: { type: "number", key: (fleet, instance) => PROBLEMS_FIRST.indexOf(fleet.statusOf(instance)) },
};

const PROBLEMS_FIRST: readonly InstanceStatus[] = ["down", "stale", "pending", "up"];

function highestFirst(column: number): SortOrder {
  return {
    type: "number",
    key: ({ latest }, { id }) => {
      const row = latest.row(id);
      const value = row < 0 ? Number.NaN : latest.columns[column]![row]!;
      // Finite, because the position is part of a cursor, as JSON.
      return Number.isNaN(value) ? Number.MAX_VALUE : -value;
    },
  };
}

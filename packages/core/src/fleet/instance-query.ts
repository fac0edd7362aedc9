import type { Instance, InstanceKind, InstanceStatus } from "../model/instance.ts";
import type { ListCursor } from "./list-cursor.ts";
import type { QueryableFleet, SortKey, SortPlace } from "./sort-orders.ts";
import { SORT_ORDERS } from "./sort-orders.ts";

export interface InstanceQuery {
  readonly status?: InstanceStatus;
  readonly kind?: InstanceKind;
  /** All of them must match. */
  readonly labels: readonly (readonly [name: string, value: string])[];
  /** Part of the name or ip, case-insensitive. */
  readonly text?: string | undefined;
  readonly sort: SortKey;
  readonly limit: number;
  readonly after: ListCursor | null;
}

export interface InstancePage {
  readonly items: readonly Instance[];
  /** Null on the last page. */
  readonly next: ListCursor | null;
}

/**
 * One page of the fleet, with keyset pagination: the page starts after the cursor's position, whatever was added or removed
 * since. Only the page is sorted, so that a page of 100 out of 100,000 instances costs one pass.
 */
export function queryInstances(fleet: QueryableFleet, query: InstanceQuery): InstancePage {
  const order = SORT_ORDERS[query.sort];
  const matches = matcher(fleet, query);
  const page: Placed[] = [];
  for (const instance of fleet.instances()) {
    if (!matches(instance)) continue;
    const placed = { instance, key: order.key(fleet, instance), id: fleet.publicId(instance.id) };
    if (query.after !== null && comparePlaces(placed, query.after) <= 0) continue;
    insertBounded(page, placed, query.limit + 1);
  }
  const items = page.slice(0, query.limit);
  const last = page.length > query.limit ? items.at(-1) : undefined;
  return {
    items: items.map(({ instance }) => instance),
    next: last === undefined ? null : { sort: query.sort, key: last.key, id: last.id },
  };
}

interface Placed extends SortPlace {
  readonly instance: Instance;
}

function matcher(fleet: QueryableFleet, query: InstanceQuery): (instance: Instance) => boolean {
  const text = query.text?.toLowerCase();
  return (instance) => {
    if (query.kind !== undefined && instance.kind !== query.kind) return false;
    if (!hasLabels(instance, query.labels)) return false;
    if (text !== undefined && !`${instance.name}\n${instance.ip}`.toLowerCase().includes(text)) return false;
    return query.status === undefined || fleet.statusOf(instance) === query.status;
  };
}

/** Own properties only: a label may be named `constructor`. */
export function hasLabels(instance: Instance, labels: InstanceQuery["labels"]): boolean {
  return labels.every(([name, value]) => Object.hasOwn(instance.labels, name) && instance.labels[name] === value);
}

function insertBounded(page: Placed[], placed: Placed, limit: number): void {
  const last = page.at(-1);
  if (page.length === limit && last !== undefined && comparePlaces(placed, last) >= 0) return;
  let low = 0;
  let high = page.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (comparePlaces(page[middle]!, placed) < 0) low = middle + 1;
    else high = middle;
  }
  page.splice(low, 0, placed);
  if (page.length > limit) page.pop();
}

function comparePlaces(a: SortPlace, b: SortPlace): number {
  if (a.key !== b.key) return a.key < b.key ? -1 : 1;
  return a.id - b.id;
}

import type { Inventory } from "./inventory.ts";
import type { CloudMonitorError } from "../model/errors.ts";
import { isCloudMonitorError } from "../model/errors.ts";
import type { Instance, NewInstance } from "../model/instance.ts";
import { nameTaken } from "../model/name-taken.ts";

/** The result of one item of a bulk request. */
export type BulkOutcome = Instance | CloudMonitorError;

/**
 * Creates the valid ones at once and returns a result for each, in order. Errors among `wanted` are passed through. Without
 * `before`, i.e. when the request has created none yet, rejects when the store is unavailable; else returns that as results.
 */
export async function createInBulk(
  inventory: Inventory,
  wanted: readonly (NewInstance | CloudMonitorError)[],
  before: boolean,
): Promise<readonly BulkOutcome[]> {
  const names = new Set<string>();
  const checked = wanted.map((item) => {
    if (isCloudMonitorError(item)) return item;
    if (names.has(item.name) || inventory.hasName(item.name)) return nameTaken();
    names.add(item.name);
    return item;
  });
  const create = before ? createAllOrReport : createAll;
  const created = (await create(inventory, checked.filter(isNewInstance))).values();
  return checked.map((item) => (isNewInstance(item) ? created.next().value! : item));
}

/** The store creates all or none; a name taken by another daemon in the meantime is found by bisection. */
async function createAll(inventory: Inventory, instances: readonly NewInstance[]): Promise<readonly BulkOutcome[]> {
  if (instances.length === 0) return [];
  try {
    return await inventory.createMany(instances);
  } catch (error) {
    if (!isCloudMonitorError(error) || error.code !== "INSTANCE_NAME_TAKEN") throw error;
    if (instances.length === 1) return [nameTaken()];
  }
  const middle = instances.length >> 1;
  const first = await createAll(inventory, instances.slice(0, middle));
  return [...first, ...(await createAllOrReport(inventory, instances.slice(middle)))];
}

/** For all but the first part: some are created, so a failure must be a result, not thrown. */
async function createAllOrReport(
  inventory: Inventory,
  instances: readonly NewInstance[],
): Promise<readonly BulkOutcome[]> {
  try {
    return await createAll(inventory, instances);
  } catch (error) {
    if (!isCloudMonitorError(error)) throw error;
    return instances.map(() => error);
  }
}

function isNewInstance(item: NewInstance | CloudMonitorError): item is NewInstance {
  return !isCloudMonitorError(item);
}

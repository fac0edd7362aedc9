import type { Inventory } from "../../fleet/inventory.ts";
import type { CloudMonitorError } from "../../model/errors.ts";
import { isCloudMonitorError } from "../../model/errors.ts";
import type { Instance, NewInstance } from "../../model/instance.ts";
import { nameTaken } from "../../model/name-taken.ts";

/** What one item of a bulk request came to. */
export type BulkAnswer = Instance | CloudMonitorError;

/**
 * Creates the good ones in one go and answers each in its place. Errors among `wanted` pass through. Without `before`,
 * that is when the request has created none yet, rejects when the store cannot take any now; else answers that.
 */
export async function createInBulk(
  inventory: Inventory,
  wanted: readonly (NewInstance | CloudMonitorError)[],
  before: boolean,
): Promise<readonly BulkAnswer[]> {
  const names = new Set<string>();
  const checked = wanted.map((item) => {
    if (isCloudMonitorError(item)) return item;
    if (names.has(item.name) || inventory.hasName(item.name)) return nameTaken();
    names.add(item.name);
    return item;
  });
  const create = before ? createAllOrAnswer : createAll;
  const created = (await create(inventory, checked.filter(isNewInstance))).values();
  return checked.map((item) => (isNewInstance(item) ? created.next().value! : item));
}

/** The store takes all or none; a name that another daemon gave in the meantime is found by halving. */
async function createAll(inventory: Inventory, instances: readonly NewInstance[]): Promise<readonly BulkAnswer[]> {
  if (instances.length === 0) return [];
  try {
    return await inventory.createMany(instances);
  } catch (error) {
    if (!isCloudMonitorError(error) || error.code !== "INSTANCE_NAME_TAKEN") throw error;
    if (instances.length === 1) return [nameTaken()];
  }
  const middle = instances.length >> 1;
  const first = await createAll(inventory, instances.slice(0, middle));
  return [...first, ...(await createAllOrAnswer(inventory, instances.slice(middle)))];
}

/** For all but the first: some are created, so a failure must be answered, not thrown. */
async function createAllOrAnswer(
  inventory: Inventory,
  instances: readonly NewInstance[],
): Promise<readonly BulkAnswer[]> {
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

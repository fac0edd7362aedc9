import type { Instance, InstanceChange, NewInstance } from "./instance.ts";

/** A change of one instance that keeps its name. */
export interface NamelessChange {
  readonly id: number;
  readonly change: Omit<InstanceChange, "name">;
}

/**
 * The stored instances. It assigns ids, in order from 1, never reused. Throws CloudMonitorError: `STORE_UNAVAILABLE`
 * (retryable) when the database is unavailable or not yet started, and the errors listed at each call.
 */
export interface InstanceStore {
  /** All instances that are not deleted. */
  load(): Promise<readonly Instance[]>;
  /** All or none: `INSTANCE_NAME_TAKEN` names the taken ones in its details. */
  create(instances: readonly NewInstance[]): Promise<readonly Instance[]>;
  /** `INSTANCE_NOT_FOUND`, `INSTANCE_NAME_TAKEN`. */
  update(id: number, change: InstanceChange): Promise<Instance>;
  /** Changes those that exist, all or none, and returns them. */
  updateMany(changes: readonly NamelessChange[]): Promise<readonly Instance[]>;
  /** The ids that existed. */
  remove(ids: readonly number[]): Promise<readonly number[]>;
  /** The row of a daemon's own host: created at the first call for this id, else only its name and interval are updated. */
  registerHost(host: Instance): Promise<Instance>;
}

import type { Instance, InstanceChange, NewInstance } from "./instance.ts";

/**
 * Who exists. Ids are given here, in order from 1, never reused. Throws CloudMonitorError: `STORE_UNAVAILABLE`
 * (retryable) when the database is away or not yet started, and what each call names.
 */
export interface InstanceStore {
  /** All that were not deleted. */
  load(): Promise<readonly Instance[]>;
  /** All or none: `INSTANCE_NAME_TAKEN` names the taken ones in its details. */
  create(instances: readonly NewInstance[]): Promise<readonly Instance[]>;
  /** `INSTANCE_NOT_FOUND`, `INSTANCE_NAME_TAKEN`. */
  update(id: number, change: InstanceChange): Promise<Instance>;
  /** Ids that were there; the others were gone already. */
  remove(ids: readonly number[]): Promise<readonly number[]>;
  /** The row of a daemon's own host: made at the first call for this id, else only its name and interval are refreshed. */
  registerHost(host: Instance): Promise<Instance>;
}

import type { Instance } from "../model/instance.ts";

/** Notified of changes of the inventory, after they are in memory; must not throw. */
export interface InstanceListener {
  added(instances: readonly Instance[]): void;
  changed(before: Instance, after: Instance): void;
  removed(instances: readonly Instance[]): void;
}

import type { Instance } from "../model/instance.ts";

/** Follows who exists. Called after the change is in memory; must not throw. */
export interface InstanceListener {
  added(instances: readonly Instance[]): void;
  changed(before: Instance, after: Instance): void;
  removed(instances: readonly Instance[]): void;
}

import type { TargetGroup } from "../../model/discovery-jobs.ts";
import type { FinderListener, TargetFinder } from "./target-finder.ts";

/** Targets that stand in the configuration. */
export class StaticFinder implements TargetFinder {
  readonly location = "static_configs";
  readonly #groups: readonly TargetGroup[];

  constructor(groups: readonly TargetGroup[]) {
    this.#groups = groups;
  }

  start(listener: FinderListener): void {
    listener.found(this.#groups);
  }

  async look(): Promise<readonly TargetGroup[]> {
    return this.#groups;
  }

  stop(): void {}
}

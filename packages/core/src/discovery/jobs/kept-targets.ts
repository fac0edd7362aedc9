import type { TargetGroup } from "../../model/discovery-jobs.ts";
import type { NewInstance } from "../../model/instance.ts";
import { SequentialLookup } from "../sequential-lookup.ts";
import type { DiscoveredTarget } from "./target-of.ts";

/** A target that is kept: its instance, or why there can be none. */
export interface Kept {
  readonly target: DiscoveredTarget;
  readonly instance: NewInstance | string;
}

/** What became of a group, by its targets in their order; null: it was dropped. */
export type Relabelled = readonly (Kept | null)[];

/** In a group of fewer targets, one that changed costs no more than looking for what the others were. */
const LARGE = 100;
/** Groups in a row that are relabelled before they are looked for elsewhere. */
const MISSES_ALLOWED = 8;

/** What became of each group, so that neither a group that did not change nor a target of a large group is relabelled again. */
export class KeptTargets {
  #last = new SequentialLookup<TargetGroup, Relabelled>([], []);
  /** Of the groups that were there last, the large ones; by their labels. */
  #large: ReadonlyMap<string, readonly Known[]> = new Map();
  readonly #before = new Map<string, ReadonlyMap<string, Kept | null>>();

  /** Groups are to be asked for in the order in which they are there. */
  of(group: TargetGroup): Relabelled | undefined {
    return this.#last.get(group);
  }

  /** What became of the targets, by their addresses, of large groups with the same labels that were there last. */
  before(group: TargetGroup): ReadonlyMap<string, Kept | null> {
    if (group.targets.length < LARGE) return NONE;
    const key = keyOf(group);
    const known = this.#before.get(key) ?? new Map((this.#large.get(key) ?? []).flatMap(entriesOf));
    this.#before.set(key, known);
    return known;
  }

  /** All groups that are there now, and what became of each. */
  are(groups: readonly TargetGroup[], kept: readonly Relabelled[]): void {
    this.#last = new SequentialLookup(groups, kept, MISSES_ALLOWED);
    const large = groups.flatMap((group, index) => (group.targets.length < LARGE ? [] : { group, kept: kept[index]! }));
    this.#large = Map.groupBy(large, ({ group }) => keyOf(group));
    this.#before.clear();
  }
}

interface Known {
  readonly group: TargetGroup;
  readonly kept: Relabelled;
}

function entriesOf({ group, kept }: Known): (readonly [string, Kept | null])[] {
  return kept.map((each, index) => [group.targets[index]!, each]);
}

const NONE: ReadonlyMap<string, Kept | null> = new Map();

function keyOf({ labels }: TargetGroup): string {
  return JSON.stringify(labels);
}

import { isDeepStrictEqual } from "node:util";
import type { NamelessChange } from "../model/instance-store.ts";
import type { Instance, NewInstance } from "../model/instance.ts";

/** What makes the instances of a source those that it has now. */
export interface Difference {
  readonly added: readonly NewInstance[];
  readonly changed: readonly NamelessChange[];
  readonly removed: readonly Instance[];
}

/** The differences of one source. What was equal before is not compared again as long as both are the same objects. */
export class Differences {
  #equal = new WeakMap<NewInstance, Instance>();

  /** By name, which is the source's own key. An instance of another kind is another instance: it gets a new id. */
  of(before: readonly Instance[], after: readonly NewInstance[]): Difference {
    const known = new Map(before.map((instance) => [instance.name, instance]));
    const added: NewInstance[] = [];
    const changed: NamelessChange[] = [];
    const kept = new Set<number>();
    for (const wanted of after) {
      const present = known.get(wanted.name);
      if (present === undefined || present.kind !== wanted.kind) {
        added.push(wanted);
        continue;
      }
      kept.add(present.id);
      if (this.#equal.get(wanted) === present) continue;
      const change = changeOf(present, wanted);
      if (change === null) this.#equal.set(wanted, present);
      else changed.push({ id: present.id, change });
    }
    return { added, changed, removed: before.filter(({ id }) => !kept.has(id)) };
  }
}

const CHANGEABLE = ["ip", "interval", "labels", "target", "profile", "module", "simulation"] as const;

function changeOf(present: Instance, wanted: NewInstance): NamelessChange["change"] | null {
  const differing = CHANGEABLE.filter(
    // The cheap comparison first: of thousands of instances hardly any differs.
    (field) => present[field] !== wanted[field] && !isDeepStrictEqual(present[field], wanted[field]),
  );
  return differing.length === 0 ? null : Object.fromEntries(differing.map((field) => [field, wanted[field]]));
}

import { isDeepStrictEqual } from "node:util";
import type { NamelessChange } from "../model/instance-store.ts";
import type { Instance, NewInstance } from "../model/instance.ts";
import { SequentialLookup } from "./sequential-lookup.ts";

/** Instances in a row that are compared before they are looked for elsewhere. */
const MISSES_ALLOWED = 8;

/** What makes the instances of a source those that it has now. */
export interface Difference {
  readonly added: readonly NewInstance[];
  readonly changed: readonly NamelessChange[];
  readonly removed: readonly Instance[];
}

/** The differences of one source. What was equal before is not compared again as long as both are the same objects. */
export class Differences {
  #equal = new SequentialLookup<NewInstance, Instance | undefined>([], []);

  /** By name, which is the source's own key. An instance of another kind is another instance: it gets a new id. */
  of(before: readonly Instance[], after: readonly NewInstance[]): Difference {
    const names = before.map(({ name }) => name);
    const positions = new SequentialLookup(names, [...names.keys()]);
    const added: NewInstance[] = [];
    const changed: NamelessChange[] = [];
    const isKept = new Uint8Array(before.length);
    const equal: (Instance | undefined)[] = [];
    for (const wanted of after) {
      const position = positions.get(wanted.name);
      const present = position === undefined ? undefined : before[position];
      if (position === undefined || present?.kind !== wanted.kind) {
        added.push(wanted);
        equal.push(undefined);
        continue;
      }
      isKept[position] = 1;
      const change = this.#equal.get(wanted) === present ? null : changeOf(present, wanted);
      equal.push(change === null ? present : undefined);
      if (change !== null) changed.push({ id: present.id, change });
    }
    this.#equal = new SequentialLookup(after, equal, MISSES_ALLOWED);
    return { added, changed, removed: before.filter((_, position) => isKept[position] === 0) };
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

import type { Clock } from "../../model/clock.ts";
import type { NewEvent } from "../../model/event.ts";
import type { Instance, InstanceChange, NewInstance } from "../../model/instance.ts";
import type { InstanceStore, NamelessChange } from "../../model/instance-store.ts";
import { nameTaken } from "../../model/name-taken.ts";
import { instanceNotFound, takenPlaces } from "../instance-errors.ts";
import { addedEvent, changedEvent, removedEvent } from "../instance-events.ts";

/** Instances in memory, with the same rules as in SQL. */
export class MemoryInstanceStore implements InstanceStore {
  readonly #clock: Clock;
  readonly #checkStarted: () => void;
  readonly #store: (events: readonly NewEvent[]) => void;
  readonly #byId = new Map<number, Instance>();
  #lastId = 0;

  /** `checkStarted` throws when the storage may not be used; `store` stores the events of a change. */
  constructor(clock: Clock, checkStarted: () => void, store: (events: readonly NewEvent[]) => void) {
    this.#clock = clock;
    this.#checkStarted = checkStarted;
    this.#store = store;
  }

  async load(): Promise<readonly Instance[]> {
    this.#checkStarted();
    return [...this.#byId.values()].sort((a, b) => a.id - b.id);
  }

  async create(instances: readonly NewInstance[]): Promise<readonly Instance[]> {
    this.#checkStarted();
    const taken = takenPlaces(
      instances.map((instance) => instance.name),
      this.#names(),
    );
    if (taken.length > 0) throw nameTaken(taken);
    const createdAtMs = this.#clock.wallMs();
    const created = instances.map((instance) => this.#put({ ...instance, id: ++this.#lastId, createdAtMs }));
    this.#store(created.map(addedEvent));
    return created;
  }

  async update(id: number, change: InstanceChange): Promise<Instance> {
    this.#checkStarted();
    const current = this.#byId.get(id);
    if (current === undefined) throw instanceNotFound(id);
    const { name = current.name } = change;
    if (id > 0 && name !== current.name && this.#names().has(name)) throw nameTaken(["/name"]);
    return this.#change(current, change);
  }

  async updateMany(changes: readonly NamelessChange[]): Promise<readonly Instance[]> {
    this.#checkStarted();
    return changes.flatMap(({ id, change }) => {
      const current = this.#byId.get(id);
      return current === undefined ? [] : [this.#change(current, change)];
    });
  }

  async remove(ids: readonly number[]): Promise<readonly number[]> {
    this.#checkStarted();
    const removed = [...new Set(ids)].filter((id) => id > 0 && this.#byId.has(id)).sort((a, b) => a - b);
    const nowMs = this.#clock.wallMs();
    this.#store(removed.map((id) => removedEvent(this.#byId.get(id)!, nowMs)));
    for (const id of removed) this.#byId.delete(id);
    return removed;
  }

  async registerHost(host: Instance): Promise<Instance> {
    this.#checkStarted();
    const known = this.#byId.get(host.id);
    return this.#put(known === undefined ? host : { ...known, name: host.name, interval: host.interval });
  }

  #change(before: Instance, change: InstanceChange): Instance {
    const after = this.#put({ ...before, ...change });
    const event = changedEvent(before, after, this.#clock.wallMs());
    if (event !== null) this.#store([event]);
    return after;
  }

  #names(): ReadonlySet<string> {
    return new Set([...this.#byId.values()].filter((one) => one.id > 0).map((one) => one.name));
  }

  #put(instance: Instance): Instance {
    this.#byId.set(instance.id, instance);
    return instance;
  }
}

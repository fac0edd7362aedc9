import type { Clock } from "../../model/clock.ts";
import type { Instance, InstanceChange, NewInstance } from "../../model/instance.ts";
import type { InstanceStore, NamelessChange } from "../../model/instance-store.ts";
import { nameTaken } from "../../model/name-taken.ts";
import { instanceNotFound, takenPlaces } from "../instance-errors.ts";

/** Instances in memory, with the same rules as in SQL. */
export class MemoryInstanceStore implements InstanceStore {
  readonly #clock: Clock;
  readonly #checkStarted: () => void;
  readonly #byId = new Map<number, Instance>();
  #lastId = 0;

  /** `checkStarted` throws when the storage may not be used. */
  constructor(clock: Clock, checkStarted: () => void) {
    this.#clock = clock;
    this.#checkStarted = checkStarted;
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
    return instances.map((instance) => this.#put({ ...instance, id: ++this.#lastId, createdAtMs }));
  }

  async update(id: number, change: InstanceChange): Promise<Instance> {
    this.#checkStarted();
    const current = this.#byId.get(id);
    if (current === undefined) throw instanceNotFound(id);
    const { name = current.name } = change;
    if (id > 0 && name !== current.name && this.#names().has(name)) throw nameTaken(["/name"]);
    return this.#put({ ...current, ...change });
  }

  async updateMany(changes: readonly NamelessChange[]): Promise<readonly Instance[]> {
    this.#checkStarted();
    return changes.flatMap(({ id, change }) => {
      const current = this.#byId.get(id);
      return current === undefined ? [] : [this.#put({ ...current, ...change })];
    });
  }

  async remove(ids: readonly number[]): Promise<readonly number[]> {
    this.#checkStarted();
    return ids.filter((id) => id > 0 && this.#byId.delete(id)).sort((a, b) => a - b);
  }

  async registerHost(host: Instance): Promise<Instance> {
    this.#checkStarted();
    const known = this.#byId.get(host.id);
    return this.#put(known === undefined ? host : { ...known, name: host.name, interval: host.interval });
  }

  #names(): ReadonlySet<string> {
    return new Set([...this.#byId.values()].filter((one) => one.id > 0).map((one) => one.name));
  }

  #put(instance: Instance): Instance {
    this.#byId.set(instance.id, instance);
    return instance;
  }
}

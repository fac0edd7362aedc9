import { isDeepStrictEqual } from "node:util";
import { CloudMonitorError, isCloudMonitorError } from "../model/errors.ts";
import type { Instance, InstanceChange, NewInstance } from "../model/instance.ts";
import type { InstanceStore, NamelessChange } from "../model/instance-store.ts";
import { nameTaken } from "../model/name-taken.ts";
import type { InstanceListener } from "./instance-listener.ts";
import type { InventorySnapshot } from "./inventory-snapshot.ts";

export interface InventoryOptions {
  readonly store: InstanceStore;
  readonly snapshot: InventorySnapshot;
  /** From `hostInstance()`; always present, whatever the store has. */
  readonly host: Instance;
}

/** Where the instances of a load came from. */
export type LoadSource = "store" | "snapshot" | "nowhere";

/**
 * The instances, in memory. Every change is made in the store first: if it refuses the change, or is unavailable
 * (`STORE_UNAVAILABLE`), nothing changes here. A change whose response was lost may have been made, so after each failed
 * change memory is in doubt until the next `reload()`.
 */
export class Inventory {
  readonly hostId: number;
  /** Called when memory may differ from the store, so that `reload()` is needed. */
  onDoubt: (() => void) | null = null;
  readonly #store: InstanceStore;
  readonly #snapshot: InventorySnapshot;
  #host: Instance;
  readonly #byId = new Map<number, Instance>();
  /** Of users' instances only: a host may have the same name. */
  readonly #idByName = new Map<string, number>();
  readonly #listeners = new Set<InstanceListener>();
  /** Of all instances ever loaded or created except hosts. */
  #highestId = Number.NEGATIVE_INFINITY;
  /** For each load in progress, the ids that changed since it began: for these, memory is newer than its list. */
  readonly #loads = new Set<Set<number>>();

  constructor(options: InventoryOptions) {
    this.hostId = options.host.id;
    this.#store = options.store;
    this.#snapshot = options.snapshot;
    this.#host = options.host;
    this.#put(options.host);
  }

  get size(): number {
    return this.#byId.size;
  }

  /** This host first, the others by id. */
  instances(): Iterable<Instance> {
    return this.#byId.values();
  }

  get(id: number): Instance | undefined {
    return this.#byId.get(id);
  }

  /** Whether a user's instance has this name. */
  hasName(name: string): boolean {
    return this.#idByName.has(name);
  }

  /** The listener is first called with all existing instances. Returns a function that unsubscribes it. */
  subscribe(listener: InstanceListener): () => void {
    this.#listeners.add(listener);
    listener.added([...this.#byId.values()]);
    return () => this.#listeners.delete(listener);
  }

  /** Makes memory equal to the store; if the store is unavailable and nothing was loaded yet, to the snapshot. */
  async load(): Promise<LoadSource> {
    try {
      await this.reload();
      return "store";
    } catch (error) {
      if (!isCloudMonitorError(error) || error.code !== "STORE_UNAVAILABLE") throw error;
    }
    const instances = this.size > 1 ? null : await this.#snapshot.read();
    if (instances === null) return "nowhere";
    this.#reconcile(instances);
    return "snapshot";
  }

  /** Makes memory equal to the store. Rejects without a change when it cannot be read. */
  async reload(): Promise<void> {
    this.#replace(await this.#store.registerHost(this.#host));
    const changed = new Set<number>();
    this.#loads.add(changed);
    try {
      this.#reconcile(await this.#store.load(), changed);
    } finally {
      this.#loads.delete(changed);
    }
  }

  async create(instance: NewInstance): Promise<Instance> {
    try {
      const [created] = await this.createMany([instance]);
      return created!;
    } catch (error) {
      // The store reports an index into a list, which a request for one instance does not have.
      if (isCloudMonitorError(error) && error.code === "INSTANCE_NAME_TAKEN") throw nameTaken(["/name"]);
      throw error;
    }
  }

  /** All or none: `INSTANCE_NAME_TAKEN` names the taken ones in its details. */
  async createMany(instances: readonly NewInstance[]): Promise<readonly Instance[]> {
    const created = await this.#watched(() => this.#store.create(instances), instances);
    this.#add(created);
    return created;
  }

  /** `INSTANCE_NOT_FOUND`, `INSTANCE_PROTECTED` for hosts, `INSTANCE_NAME_TAKEN`. */
  async change(id: number, change: InstanceChange): Promise<Instance> {
    this.#refuseHosts([id]);
    const after = await this.#watched(() => this.#store.update(id, change), [change]);
    this.#replace(after);
    return after;
  }

  /** All or none; instances that no longer exist are left out. `INSTANCE_PROTECTED` for hosts. */
  async changeMany(changes: readonly NamelessChange[]): Promise<void> {
    this.#refuseHosts(changes.map(({ id }) => id));
    for (const after of await this.#watched(() => this.#store.updateMany(changes))) this.#replace(after);
  }

  /** Changes the interval of this host. If the store is unavailable, it gets the change with the next load. */
  async changeHostInterval(intervalSeconds: number): Promise<void> {
    this.#host = { ...this.#host, interval: intervalSeconds };
    this.#replace({ ...this.#byId.get(this.hostId)!, interval: intervalSeconds });
    try {
      await this.#store.registerHost(this.#host);
    } catch (error) {
      if (!isCloudMonitorError(error) || error.code !== "STORE_UNAVAILABLE") throw error;
    }
  }

  /** Resolves to the number of removed instances. `INSTANCE_PROTECTED` for hosts; then none is removed. */
  async remove(ids: readonly number[]): Promise<number> {
    this.#refuseHosts(ids);
    const removed = await this.#watched(() => this.#store.remove(ids));
    this.#drop(ids);
    return removed.length;
  }

  /** A failure puts memory in doubt, unless it is a name that memory knows to be taken. */
  async #watched<T>(change: () => Promise<T>, named: readonly { readonly name?: string }[] = []): Promise<T> {
    try {
      return await change();
    } catch (error) {
      const isTaken = isCloudMonitorError(error) && error.code === "INSTANCE_NAME_TAKEN";
      const isKnown = isTaken && named.some(({ name }) => name !== undefined && this.hasName(name));
      if (!isKnown) this.onDoubt?.();
      throw error;
    }
  }

  #refuseHosts(ids: readonly number[]): void {
    if (ids.every((id) => id > 0)) return;
    throw new CloudMonitorError(
      "INSTANCE_PROTECTED",
      "A daemon's own host is set by that daemon's configuration; it can be neither changed nor deleted here.",
    );
  }

  /** Ignores instances that changed while the list was being loaded. */
  #reconcile(wanted: readonly Instance[], changed: ReadonlySet<number> = new Set()): void {
    const settled = wanted.filter(({ id }) => id !== this.hostId && !changed.has(id));
    const wantedIds = new Set(wanted.map(({ id }) => id));
    this.#drop([...this.#byId.keys()].filter((id) => id !== this.hostId && !wantedIds.has(id) && !changed.has(id)));
    for (const instance of settled) this.#replace(instance);
    this.#add(settled);
  }

  #add(instances: readonly Instance[]): void {
    const added = instances.filter((instance) => !this.#byId.has(instance.id));
    if (added.length === 0) return;
    // New ids are higher than all before; only those created by another daemon may arrive late.
    let isInOrder = true;
    for (const instance of added) {
      isInOrder &&= instance.id > this.#highestId;
      this.#highestId = Math.max(this.#highestId, instance.id);
      this.#put(instance);
    }
    if (!isInOrder) this.#sort();
    this.#noteChange(added, (listener) => listener.added(added));
  }

  #replace(after: Instance): void {
    const before = this.#byId.get(after.id);
    if (before === undefined || isDeepStrictEqual(before, after)) return;
    if (this.#idByName.get(before.name) === before.id) this.#idByName.delete(before.name);
    this.#put(after);
    this.#noteChange([after], (listener) => listener.changed(before, after));
  }

  #drop(ids: readonly number[]): void {
    const removed = ids.map((id) => this.#byId.get(id)).filter((instance) => instance !== undefined);
    if (removed.length === 0) return;
    for (const { id, name } of removed) {
      this.#byId.delete(id);
      if (this.#idByName.get(name) === id) this.#idByName.delete(name);
    }
    this.#noteChange(removed, (listener) => listener.removed(removed));
  }

  #sort(): void {
    const others = [...this.#byId.values()].filter(({ id }) => id !== this.hostId).sort((a, b) => a.id - b.id);
    const host = this.#byId.get(this.hostId)!;
    this.#byId.clear();
    for (const instance of [host, ...others]) this.#byId.set(instance.id, instance);
  }

  #put(instance: Instance): void {
    this.#byId.set(instance.id, instance);
    if (instance.id > 0) this.#idByName.set(instance.name, instance.id);
  }

  #noteChange(instances: readonly Instance[], tell: (listener: InstanceListener) => void): void {
    for (const changed of this.#loads) for (const { id } of instances) changed.add(id);
    this.#snapshot.schedule(() => [...this.#byId.values()]);
    for (const listener of this.#listeners) tell(listener);
  }
}

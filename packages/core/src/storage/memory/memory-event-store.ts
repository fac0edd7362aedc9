import type { NewEvent, StoredEvent, UnwatchedTime } from "../../model/event.ts";
import type { Availability, AvailabilityQuery, EventQuery, EventStore, LastStatus } from "../../model/event-store.ts";
import type { Instance } from "../../model/instance.ts";
import { availabilityOf, sumOf } from "./availability.ts";

/** The oldest are evicted first. */
const EVENTS_MAX = 100_000;
const UNWATCHED_MAX = 100_000;

/** Events in memory, by the same rules as in SQL; of instances that were removed, no availability is known. */
export class MemoryEventStore implements EventStore {
  onStored: (() => void) | null = null;
  readonly #load: () => Promise<readonly Instance[]>;
  #events: StoredEvent[] = [];
  #unwatched: UnwatchedTime[] = [];
  #lastId = 0;

  /** `load` throws when the storage may not be used. */
  constructor(load: () => Promise<readonly Instance[]>) {
    this.#load = load;
  }

  append(events: readonly NewEvent[], unwatched: readonly UnwatchedTime[] = []): void {
    for (const event of events) this.#events.push({ ...event, id: ++this.#lastId });
    this.#unwatched.push(...unwatched);
    if (this.#events.length > EVENTS_MAX) this.#events = this.#events.slice(-EVENTS_MAX);
    if (this.#unwatched.length > UNWATCHED_MAX) this.#unwatched = this.#unwatched.slice(-UNWATCHED_MAX);
    if (events.length > 0) this.onStored?.();
  }

  async list({ before, fromMs, instanceId, limit, toMs, types }: EventQuery): Promise<readonly StoredEvent[]> {
    await this.#load();
    const selected = this.#events.filter(
      (event) =>
        event.atMs >= fromMs &&
        event.atMs < toMs &&
        (instanceId === null || event.instanceId === instanceId) &&
        (types === null || types.includes(event.type)) &&
        (before === null || event.atMs < before.atMs || (event.atMs === before.atMs && event.id < before.id)),
    );
    return selected.sort((a, b) => b.atMs - a.atMs || b.id - a.id).slice(0, limit);
  }

  async after(id: number, limit: number): Promise<readonly StoredEvent[]> {
    await this.#load();
    const first = this.#events.findIndex((event) => event.id > id);
    return first < 0 ? [] : this.#events.slice(first, first + limit);
  }

  async lastId(): Promise<number> {
    await this.#load();
    return this.#lastId;
  }

  async lastStatuses(): Promise<readonly LastStatus[]> {
    const found: LastStatus[] = [];
    for (const { id } of await this.#load()) {
      const last = this.#statusesOf(id).at(-1);
      if (last !== undefined) found.push({ instanceId: id, status: last.status!, atMs: last.atMs });
    }
    return found;
  }

  async availability({ fromMs, instanceId, toMs }: AvailabilityQuery): Promise<Availability> {
    const instances = (await this.#load()).filter(({ id }) => instanceId === null || id === instanceId);
    return sumOf(
      instances
        .map(({ createdAtMs, id }) => ({ id, fromMs: Math.max(fromMs, createdAtMs) }))
        .filter((one) => one.fromMs < toMs)
        .map((one) => availabilityOf({ ...one, toMs }, this.#statusesOf(one.id), this.#unwatchedOf(one.id))),
    );
  }

  #statusesOf(id: number): readonly StoredEvent[] {
    return this.#events
      .filter(({ instanceId, type }) => instanceId === id && type === "status")
      .sort((a, b) => a.atMs - b.atMs || a.id - b.id);
  }

  #unwatchedOf(id: number): readonly UnwatchedTime[] {
    return this.#unwatched.filter(({ instanceId }) => instanceId === id);
  }
}

import type { ConnectionDropReason } from "../../exposition/sources.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import type { StoredEvent } from "../../model/event.ts";
import type { EventStore } from "../../model/event-store.ts";
import { LIMITS } from "../http/limits.ts";
import { presentEvent } from "./present-event.ts";
import type { StreamClient } from "./stream-client.ts";
import { ValuesFrames } from "./values-frames.ts";

export interface EventStreamsOptions {
  readonly events: EventStore;
  readonly fleet: Fleet;
  readonly clock: Clock;
  readonly yieldToLoop: () => Promise<void>;
  readonly onDropped: (reason: ConnectionDropReason) => void;
}

/** Events per query, about 40 kB as text. */
const PAGE = 200;
const LOOK_EVERY_MS = 1_000;
const HEARTBEAT_EVERY_LOOKS = 5;
const HEARTBEAT = ": heartbeat\n\n";
/** Clients that are written to in one turn of the event loop; each write is a system call of about 10 us. */
const CLIENTS_PER_TURN = 50;

/**
 * The open streams. Events are read from the store in the order of their ids, once for all clients, and only while there
 * are clients: after each write of this process, and every second for those of others. So a client that names the last id
 * it saw gets every later event, whichever process stored it.
 */
export class EventStreams {
  readonly #options: EventStreamsOptions;
  readonly #clients = new Set<StreamClient>();
  readonly #frames: ValuesFrames;
  #cancelTimer: CancelTimer | null = null;
  #looks = 0;
  /** Events up to this id were sent to the clients that are live; null while there are none. */
  #lastId: number | null = null;
  #pumping: Promise<void> | null = null;
  #isStale = false;

  constructor(options: EventStreamsOptions) {
    this.#options = options;
    this.#frames = new ValuesFrames(options.fleet);
    options.events.onStored = () => void this.#pump();
  }

  get size(): number {
    return this.#clients.size;
  }

  /**
   * Sends a client what it wants until it closes the connection. `lastEventId`: the last event that it saw; null: only
   * new ones. Throws `STORE_UNAVAILABLE` before anything is sent when it wants events.
   */
  async add(client: StreamClient, lastEventId: number | null, begin: () => void): Promise<void> {
    if (client.filter !== null) {
      const lastId = this.#lastId ?? (await this.#options.events.lastId());
      this.#lastId ??= lastId;
      // A higher id is from another database.
      client.cursor = Math.min(lastEventId ?? this.#lastId, this.#lastId);
    }
    begin();
    client.onClose(() => this.#remove(client));
    this.#clients.add(client);
    client.send(opening(client));
    client.send(this.#frames.frameFor(client));
    this.#arm();
    if (client.filter !== null) await this.#catchUp(client);
  }

  #remove(client: StreamClient): void {
    this.#clients.delete(client);
    if (![...this.#clients].some(({ filter }) => filter !== null)) this.#lastId = null;
    if (this.#clients.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#frames.keepOnly(new Set());
  }

  /** Events from before it connected, as fast as it reads them. */
  async #catchUp(client: StreamClient): Promise<void> {
    while (client.isOpen && this.#lastId !== null) {
      if (client.cursor >= this.#lastId) {
        client.isLive = true;
        return;
      }
      let page: readonly StoredEvent[];
      try {
        page = await this.#options.events.after(client.cursor, PAGE);
      } catch {
        // It comes again, with the last id that it saw.
        return client.drop();
      }
      // Events past retention leave no page.
      client.cursor = page.at(-1)?.id ?? this.#lastId;
      client.send(this.#framesOf(page.filter((event) => client.wants(event))));
      await client.drained();
    }
  }

  /** Sends new events to all live clients. One at a time: a call meanwhile makes it look again. */
  async #pump(): Promise<void> {
    if (this.#lastId === null) return;
    this.#isStale = true;
    if (this.#pumping !== null) return;
    this.#pumping = this.#pumpAll();
    await this.#pumping;
    this.#pumping = null;
  }

  async #pumpAll(): Promise<void> {
    while (this.#isStale && this.#lastId !== null) {
      this.#isStale = false;
      let page: readonly StoredEvent[];
      try {
        page = await this.#options.events.after(this.#lastId, PAGE);
      } catch {
        // The next look tries again.
        return;
      }
      const last = page.at(-1);
      if (last === undefined || this.#lastId === null) continue;
      this.#lastId = last.id;
      this.#isStale ||= page.length === PAGE;
      await this.#broadcast(page);
    }
  }

  async #broadcast(page: readonly StoredEvent[]): Promise<void> {
    const shared = new Map<string, Buffer>();
    const lastId = page.at(-1)!.id;
    await this.#each((client) => {
      if (!client.isLive || client.cursor >= lastId) return;
      if (client.cursor >= page[0]!.id) {
        const rest = page.filter((event) => event.id > client.cursor && client.wants(event));
        client.send(this.#framesOf(rest));
      } else {
        const text =
          shared.get(client.filterKey) ?? Buffer.from(this.#framesOf(page.filter((one) => client.wants(one))));
        shared.set(client.filterKey, text);
        client.send(text);
      }
      client.cursor = lastId;
    });
  }

  #arm(): void {
    this.#cancelTimer ??= this.#options.clock.after(LOOK_EVERY_MS, () => {
      this.#cancelTimer = null;
      void this.#look();
    });
  }

  async #look(): Promise<void> {
    this.#limit();
    void this.#pump();
    const isHeartbeat = ++this.#looks % HEARTBEAT_EVERY_LOOKS === 0;
    await this.#each((client) => {
      client.send(this.#frames.frameFor(client));
      if (isHeartbeat) client.send(HEARTBEAT);
    });
    if (isHeartbeat) this.#frames.keepOnly(new Set([...this.#clients].flatMap(({ values }) => values)));
    if (this.#clients.size > 0) this.#arm();
  }

  /** Closes the connections of those that do not read. */
  #limit(): void {
    let total = 0;
    for (const client of this.#clients) {
      if (client.unreadBytes > LIMITS.streamUnreadBytesMax) this.#drop(client, "stalled");
      else total += client.unreadBytes;
    }
    const byUnread =
      total > LIMITS.unreadBytesMax ? [...this.#clients].sort((a, b) => b.unreadBytes - a.unreadBytes) : [];
    for (const client of byUnread) {
      if (total <= LIMITS.unreadBytesMax) return;
      total -= client.unreadBytes;
      this.#drop(client, "memory");
    }
  }

  #drop(client: StreamClient, reason: ConnectionDropReason): void {
    client.drop();
    this.#remove(client);
    this.#options.onDropped(reason);
  }

  async #each(act: (client: StreamClient) => void): Promise<void> {
    let count = 0;
    for (const client of this.#clients) {
      act(client);
      if (++count % CLIENTS_PER_TURN === 0) await this.#options.yieldToLoop();
    }
  }

  #framesOf(events: readonly StoredEvent[]): string {
    return events
      .map(
        (event) =>
          `id: ${event.id}\nevent: event\ndata: ${JSON.stringify(presentEvent(this.#options.fleet, event))}\n\n`,
      )
      .join("");
  }
}

/** An id without data is remembered by the client (HTML Living Standard, 9.2.6), so that it can resume before the first event. */
function opening({ cursor, filter }: StreamClient): string {
  return filter === null ? "retry: 2000\n\n" : `retry: 2000\nid: ${cursor}\n\n`;
}

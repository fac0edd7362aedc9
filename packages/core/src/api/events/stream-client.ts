import type { ServerResponse } from "node:http";
import type { EventType, StoredEvent } from "../../model/event.ts";

/** Which events a client wants; null: all. */
export interface EventFilter {
  readonly instanceId: number | null;
  readonly types: readonly EventType[] | null;
}

export interface StreamClientOptions {
  readonly response: ServerResponse;
  /** Null: no events. */
  readonly filter: EventFilter | null;
  /** The stored ids of the instances whose values it wants. */
  readonly values: readonly number[];
}

/** One open stream. It is only written to: what its reader does not take waits in memory, and is measured by `unreadBytes`. */
export class StreamClient {
  readonly filter: EventFilter | null;
  /** Clients with equal keys get the same events. */
  readonly filterKey: string;
  readonly values: readonly number[];
  /** What was last sent of each instance. */
  readonly sentValues = new Map<number, string>();
  /** Events up to this id were sent, or are not wanted. */
  cursor = 0;
  /** False while it is sent events from before it connected. */
  isLive = false;
  readonly #response: ServerResponse;

  constructor({ filter, response, values }: StreamClientOptions) {
    this.#response = response;
    this.filter = filter;
    this.filterKey = JSON.stringify(filter);
    this.values = values;
  }

  get isOpen(): boolean {
    return !this.#response.destroyed && !this.#response.writableEnded;
  }

  get unreadBytes(): number {
    return this.#response.writableLength;
  }

  wants({ instanceId, type }: StoredEvent): boolean {
    const { filter } = this;
    if (filter === null) return false;
    const isOfInstance = filter.instanceId === null || filter.instanceId === instanceId;
    return isOfInstance && (filter.types === null || filter.types.includes(type));
  }

  send(text: string | Buffer): void {
    if (this.isOpen && text.length > 0) this.#response.write(text);
  }

  /** Resolves when everything sent was passed to the kernel, or the connection is closed. */
  async drained(): Promise<void> {
    if (!this.isOpen || !this.#response.writableNeedDrain) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#response.once("drain", resolve).once("close", resolve);
    await promise;
    this.#response.off("drain", resolve).off("close", resolve);
  }

  onClose(listener: () => void): void {
    this.#response.once("close", listener);
  }

  /** Closes the connection and frees what it did not read. */
  drop(): void {
    this.#response.socket?.resetAndDestroy();
    this.#response.destroy();
  }
}

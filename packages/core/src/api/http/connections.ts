import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ConnectionDropReason } from "../../exposition/sources.ts";
import type { Clock } from "../../model/clock.ts";
import { clientAddress, LOOPBACK_CLIENT } from "../../security/client-address.ts";
import { LIMITS } from "./limits.ts";

export interface ConnectionsOptions {
  readonly clock: Clock;
  readonly onDropped: (reason: ConnectionDropReason) => void;
}

interface Client {
  readonly address: string;
  /** In order of opening. */
  readonly connections: Set<Connection>;
}

interface Connection {
  readonly client: Client;
  readonly socket: Socket;
  /** The latest request; null before the first. */
  request: IncomingMessage | null;
  /** Requests whose response has not ended. */
  pending: number;
  /** When it was opened, or last became busy or idle. */
  sinceMs: number;
}

/**
 * Limits connections: 2,000 in total, 256 per client. The loopback address may be all clients of a reverse proxy, and gets
 * all but the reserve. The last 100 places are for clients with fewer than four connections. At the limit, a new
 * connection replaces one that keeps us waiting: first one that sent no request within a second, then an idle one, then
 * one whose body does not arrive or whose response is not read, finally one that was only just opened. So a client that
 * opens thousands of connections and leaves them does not lock out others, not even behind the same address.
 */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #clients = new Map<string, Client>();
  readonly #bySocket = new Map<Socket, Connection>();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#bySocket.size;
  }

  /** Call it with each new connection, which it may close at once. */
  add(socket: Socket): void {
    const address = clientAddress(socket.remoteAddress);
    const client = this.#clients.get(address) ?? { address, connections: new Set() };
    if (!this.#makeRoom(client)) {
      socket.destroy();
      this.#options.onDropped("refused");
      return;
    }
    const sinceMs = this.#options.clock.monotonicMs();
    const connection: Connection = { client, socket, request: null, pending: 0, sinceMs };
    this.#clients.set(address, client);
    client.connections.add(connection);
    this.#bySocket.set(socket, connection);
    socket.once("close", () => this.#remove(connection));
  }

  /** Call it when the headers of a request have arrived. */
  begin(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#bySocket.get(request.socket);
    if (connection === undefined) return;
    connection.request = request;
    if (connection.pending++ === 0) connection.sinceMs = this.#options.clock.monotonicMs();
    response.once("close", () => {
      if (--connection.pending === 0) connection.sinceMs = this.#options.clock.monotonicMs();
    });
  }

  #remove(connection: Connection): void {
    const { client, socket } = connection;
    this.#bySocket.delete(socket);
    client.connections.delete(connection);
    if (client.connections.size === 0) this.#clients.delete(client.address);
  }

  #makeRoom(client: Client): boolean {
    const count = client.connections.size;
    if (count >= capOf(client)) return this.#replaceOneOf(client);
    const reserve = count < LIMITS.connectionsReservedPerClient ? 0 : LIMITS.connectionsReserve;
    return this.size < LIMITS.connectionsMax - reserve || this.#replaceOneOf(this.#largestClient());
  }

  #largestClient(): Client {
    return [...this.#clients.values()].reduce((largest, client) =>
      client.connections.size > largest.connections.size ? client : largest,
    );
  }

  #replaceOneOf(client: Client): boolean {
    const connection = this.#longestWaitedFor(client);
    if (connection === null) return false;
    this.#remove(connection);
    connection.socket.destroy();
    this.#options.onDropped("replaced");
    return true;
  }

  #longestWaitedFor(client: Client): Connection | null {
    const nowMs = this.#options.clock.monotonicMs();
    let found: Connection | null = null;
    let foundRank: number = RANK.kept;
    for (const connection of client.connections) {
      const rank = rankOf(connection, nowMs);
      const isBetter = rank < foundRank || (rank === foundRank && found !== null && connection.sinceMs < found.sinceMs);
      if (!isBetter) continue;
      found = connection;
      foundRank = rank;
      // The set is in order of opening: no later one has been silent for longer.
      if (rank === RANK.silent) break;
    }
    return found;
  }
}

/** The lowest is closed first. A connection that was only just opened may be a probe whose request is in transit. */
const RANK = { silent: 0, idle: 1, waitedFor: 2, new: 3, kept: 4 } as const;

function rankOf({ request, pending, sinceMs }: Connection, nowMs: number): number {
  if (request === null) return nowMs - sinceMs >= LIMITS.connectionNewMs ? RANK.silent : RANK.new;
  if (pending === 0) return RANK.idle;
  return !request.complete || nowMs - sinceMs >= LIMITS.connectionBusyMs ? RANK.waitedFor : RANK.kept;
}

function capOf({ address }: Client): number {
  return address === LOOPBACK_CLIENT
    ? LIMITS.connectionsMax - LIMITS.connectionsReserve
    : LIMITS.connectionsPerClientMax;
}

import type Undici from "undici";
import type { Dispatcher } from "undici";
import type { Clock } from "../../model/clock.ts";
import type { TlsOptions } from "../targets/credentials.ts";
import type { TargetConnector } from "../targets/target-connector.ts";

/** A decoded body beyond it is refused: a target must not take the memory of the others. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;
/**
 * Targets of one thread whose connections stay open; the others are connected to for each scrape. With 15 threads still
 * fewer than the files that the systemd unit allows.
 */
const KEPT_ALIVE_MAX = 4_096;
/** Longer than most intervals. A server that closes earlier says so, or the request is repeated. */
const KEEP_ALIVE_MS = 90_000;
const CONNECT_MS = 10_000;
/** Connections to one origin beside the kept one; further requests wait. */
const SINGLE_MAX = 256;

type Request = typeof Undici.request;
export type Response = Dispatcher.ResponseData;
export type ResponseHandler = Dispatcher.DispatchHandler;
export type ResponseController = Dispatcher.DispatchController;

export interface Client {
  readonly request: Request;
  readonly dispatcher: Dispatcher;
  /** Whether a connection of an earlier request may be used, which the target may have closed. */
  readonly isReused: boolean;
  /** To be called when the response has been read: only then is the connection free for another request. */
  readonly release: () => void;
}

/** Connections by TLS options, kept for a bounded number of origins. */
export class ClientPool {
  readonly #connector: TargetConnector;
  readonly #clock: Clock;
  readonly #agents = new Map<TlsOptions, Agents>();
  /** Origins with a kept connection, by their last use (monotonic); least recently used first. */
  readonly #kept = new Map<string, number>();
  /** Origins whose kept connection is in use: an exporter of many devices is the origin of many targets. */
  readonly #busy = new Set<string>();
  #undici: Promise<typeof Undici> | null = null;

  constructor(connector: TargetConnector, clock: Clock) {
    this.#connector = connector;
    this.#clock = clock;
  }

  async clientFor(origin: string, tls: TlsOptions): Promise<Client> {
    // On first use: it takes 20 MB of memory.
    const { Agent, buildConnector, request } = await (this.#undici ??= import("undici").then(
      ({ default: undici }) => undici,
    ));
    let agents = this.#agents.get(tls);
    if (agents === undefined) {
      agents = this.#makeAgents({ Agent, buildConnector }, tls);
      this.#agents.set(tls, agents);
    }
    const isReused = this.#kept.has(origin);
    if (this.#busy.has(origin) || !this.#mayKeep(origin))
      return { request, dispatcher: agents.single, isReused: false, release: () => {} };
    this.#busy.add(origin);
    return { request, dispatcher: agents.kept, isReused, release: () => void this.#busy.delete(origin) };
  }

  /** Its connection has broken. */
  forget(origin: string): void {
    this.#kept.delete(origin);
  }

  #mayKeep(origin: string): boolean {
    const nowMs = this.#clock.monotonicMs();
    if (!this.#kept.delete(origin) && this.#kept.size >= KEPT_ALIVE_MAX) {
      const [oldest, usedMs] = this.#kept.entries().next().value!;
      if (nowMs - usedMs < KEEP_ALIVE_MS) return false;
      this.#kept.delete(oldest);
    }
    this.#kept.set(origin, nowMs);
    return true;
  }

  #makeAgents({ Agent, buildConnector }: Pick<typeof Undici, "Agent" | "buildConnector">, tls: TlsOptions): Agents {
    const connector = this.#connector;
    const connect = buildConnector({
      ...tls,
      timeout: CONNECT_MS,
      lookup: (name, _options, callback) => {
        void connector.addressesOf(name).then(
          (all) => callback(null, [...all]),
          (error: Error) => callback(error, []),
        );
      },
    });
    const judged: typeof connect = (options, callback) =>
      connect(options, (...[error, socket]) => {
        if (error !== null) return callback(error, null);
        const failure = connector.failureOfSocket(socket, options.hostname);
        if (failure === null) return callback(null, socket);
        socket.destroy();
        callback(failure, null);
      });
    const shared = { connect: judged, allowH2: false, maxResponseSize: BODY_BYTES_MAX };
    return {
      kept: new Agent({ ...shared, connections: 1, pipelining: 1, keepAliveTimeout: KEEP_ALIVE_MS }),
      single: new Agent({ ...shared, connections: SINGLE_MAX, pipelining: 0 }),
    };
  }
}

interface Agents {
  readonly kept: Dispatcher;
  /** Connections for one request each. */
  readonly single: Dispatcher;
}

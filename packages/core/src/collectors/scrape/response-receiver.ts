import type { Response, ResponseController, ResponseHandler } from "./client-pool.ts";
import { LARGE_BYTES } from "./large-bodies.ts";
import type { Turn } from "./large-bodies.ts";

export interface Received {
  readonly statusCode: number;
  readonly headers: Response["headers"];
  /** The body as it was sent; empty for a status other than 200, whose body is not read. */
  readonly pieces: readonly Buffer[];
}

export interface ReceiverOptions {
  readonly signal: AbortSignal | null;
  /** Taken when the body is large; no more of it is read before. */
  readonly turn: Turn;
  /** Called when the request has ended, which may be after an abort only. */
  readonly onEnded: () => void;
}

/** Receives one response as a whole: a stream of its body, as `undici.request` has it, takes longer than the body's parser. */
export class ResponseReceiver implements ResponseHandler {
  /** Rejects with the signal's reason as soon as it aborts, also while there is no connection yet. */
  readonly received: Promise<Received>;
  readonly #options: ReceiverOptions;
  readonly #resolve: (received: Received | Promise<Received>) => void;
  readonly #reject: (error: unknown) => void;
  readonly #onAbort = () => this.#abort();
  readonly #pieces: Buffer[] = [];
  #controller: ResponseController | null = null;
  #statusCode = 0;
  #headers: Received["headers"] = {};
  #length = 0;
  #isLarge = false;

  constructor(options: ReceiverOptions) {
    const { promise, reject, resolve } = Promise.withResolvers<Received>();
    this.received = promise;
    this.#options = options;
    this.#resolve = resolve;
    this.#reject = reject;
    if (options.signal?.aborted) this.#abort();
    options.signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Whether the target has begun to respond. */
  get hasStarted(): boolean {
    return this.#statusCode > 0;
  }

  onRequestStart(controller: ResponseController): void {
    this.#controller = controller;
    if (this.#options.signal?.aborted) this.#abort();
  }

  onResponseStart(controller: ResponseController, statusCode: number, headers: Response["headers"]): void {
    // The response comes after it.
    if (statusCode < 200) return;
    this.#statusCode = statusCode;
    this.#headers = headers;
    if (statusCode === 200) return;
    this.#resolve({ statusCode, headers, pieces: [] });
    controller.abort(new Error("its body is not read"));
  }

  onResponseData(controller: ResponseController, piece: Buffer): void {
    this.#pieces.push(piece);
    this.#length += piece.length;
    if (this.#isLarge || this.#length <= LARGE_BYTES) return;
    this.#isLarge = true;
    controller.pause();
    this.#options.turn.take().then(
      () => controller.resume(),
      () => {
        // The signal has aborted, which ends the request.
      },
    );
  }

  onResponseEnd(): void {
    this.#end();
    const received = { statusCode: this.#statusCode, headers: this.#headers, pieces: this.#pieces };
    // It ends without its turn when the target closes the connection.
    this.#resolve(this.#isLarge ? this.#options.turn.take().then(() => received) : received);
  }

  onResponseError(_controller: ResponseController, error: Error): void {
    this.#end();
    this.#reject(error);
  }

  #abort(): void {
    const reason = this.#options.signal!.reason as Error;
    this.#reject(reason);
    this.#controller?.abort(reason);
  }

  #end(): void {
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#controller = null;
    this.#options.onEnded();
  }
}

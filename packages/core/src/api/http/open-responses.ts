import { Readable } from "node:stream";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import type { ConnectionDropReason } from "../../exposition/sources.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { LIMITS } from "./limits.ts";

export interface OpenResponsesOptions {
  readonly clock: Clock;
  /** Called for each connection that was closed. */
  readonly onDropped: (reason: ConnectionDropReason) => void;
}

interface OpenResponse {
  readonly socket: Socket;
  /** Null for a stream, whose own buffer is small. */
  readonly body: Buffer | string | null;
  readonly beganAtMs: number;
  /** Bytes sent on the connection at the last check, and when that number last changed. */
  sent: number;
  movedAtMs: number;
}

/** Large bodies are written in pieces of this size: otherwise a reader's progress would not be visible. */
const PIECE_BYTES = 128 * 1024;

/**
 * The responses being sent, oldest first. A reader may be slow, but not forever and not at the expense of others: its
 * connection is closed when there was no progress for 30 s, when the response took 60 s, and when unread bodies exceed
 * 64 MiB in total; then the oldest first. A body shared by several counts once. A response that is meant to stay open
 * takes over its socket (`reply.hijack()`) and is not tracked here.
 */
export class OpenResponses {
  readonly #options: OpenResponsesOptions;
  readonly #open = new Set<OpenResponse>();
  /** Number of responses per body. Strings are not shared: equal ones are still copies. */
  readonly #readers = new Map<Buffer, number>();
  #bytes = 0;
  #cancelLook: CancelTimer | null = null;

  constructor(options: OpenResponsesOptions) {
    this.#options = options;
  }

  /** Unread bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Call it before the first byte of `payload` is sent, and send what it returns. */
  add(reply: FastifyReply, payload: unknown): unknown {
    const body = bodyOf(payload);
    const nowMs = this.#options.clock.monotonicMs();
    const { socket } = reply.request.raw;
    const answer: OpenResponse = { socket, body, beganAtMs: nowMs, sent: socket.bytesWritten, movedAtMs: nowMs };
    this.#hold(body);
    this.#open.add(answer);
    reply.raw.once("close", () => this.#remove(answer));
    this.#makeRoom(answer);
    this.#look();
    if (body === null || body.length <= PIECE_BYTES) return payload;
    reply.header("content-length", body.length);
    return Readable.from(piecesOf(body as Buffer));
  }

  /** Stops checking; idempotent. */
  stop(): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
  }

  #remove(answer: OpenResponse): void {
    if (this.#open.delete(answer)) this.#release(answer.body);
  }

  #hold(body: OpenResponse["body"]): void {
    if (body === null) return;
    if (typeof body === "string") {
      this.#bytes += body.length;
      return;
    }
    const readers = this.#readers.get(body) ?? 0;
    this.#readers.set(body, readers + 1);
    if (readers === 0) this.#bytes += body.length;
  }

  #release(body: OpenResponse["body"]): void {
    if (body === null) return;
    if (typeof body === "string") {
      this.#bytes -= body.length;
      return;
    }
    const readers = this.#readers.get(body)! - 1;
    if (readers > 0) {
      this.#readers.set(body, readers);
      return;
    }
    this.#readers.delete(body);
    this.#bytes -= body.length;
  }

  /** A single response may be larger than the limit. */
  #makeRoom(newest: OpenResponse): void {
    for (const answer of this.#open) {
      if (this.#bytes <= LIMITS.unreadBytesMax || answer === newest) return;
      if (answer.body !== newest.body) this.#drop(answer, "memory");
    }
  }

  #drop(answer: OpenResponse, reason: ConnectionDropReason): void {
    this.#remove(answer);
    // end() would leave unread data in the kernel.
    answer.socket.resetAndDestroy();
    this.#options.onDropped(reason);
  }

  /** One timer for all responses, and none while there are none. */
  #look(): void {
    this.#cancelLook ??= this.#options.clock.after(LIMITS.responsesCheckMs, () => {
      this.#cancelLook = null;
      const nowMs = this.#options.clock.monotonicMs();
      for (const answer of this.#open) this.#judge(answer, nowMs);
      if (this.#open.size > 0) this.#look();
    });
  }

  #judge(answer: OpenResponse, nowMs: number): void {
    const sent = answer.socket.bytesWritten;
    if (sent !== answer.sent) {
      answer.sent = sent;
      answer.movedAtMs = nowMs;
    }
    if (nowMs - answer.beganAtMs >= LIMITS.answerMs) this.#drop(answer, "deadline");
    else if (nowMs - answer.movedAtMs >= LIMITS.writeStallMs) this.#drop(answer, "stalled");
  }
}

function bodyOf(payload: unknown): OpenResponse["body"] {
  if (Buffer.isBuffer(payload)) return payload;
  if (typeof payload !== "string") return null;
  return payload.length <= PIECE_BYTES ? payload : Buffer.from(payload);
}

function* piecesOf(body: Buffer): Generator<Buffer, void, undefined> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES);
}

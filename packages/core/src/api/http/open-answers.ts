import { Readable } from "node:stream";
import type { Socket } from "node:net";
import type { FastifyReply } from "fastify";
import type { ConnectionDropReason } from "../../exposition/sources.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { LIMITS } from "./limits.ts";

export interface OpenAnswersOptions {
  readonly clock: Clock;
  /** Told of each connection that was ended. */
  readonly onDropped: (reason: ConnectionDropReason) => void;
}

interface OpenAnswer {
  readonly socket: Socket;
  /** Null for a stream, whose own buffer is small. */
  readonly body: Buffer | string | null;
  readonly beganAtMs: number;
  /** Bytes sent on the connection as of the last look, and when that number last changed. */
  sent: number;
  movedAtMs: number;
}

/** Large bodies are written in pieces of this size: without them a reader's progress could not be seen. */
const PIECE_BYTES = 128 * 1024;

/**
 * The answers that are being sent, oldest first. A reader may be slow, but not for ever and not at the cost of the others:
 * its connection ends when nothing moved for 30 s, when an answer took 60 s, and when the bodies that wait for readers are
 * over 64 MiB together; then the oldest go. A body that several wait for counts once. An answer that is meant to stay
 * open takes its socket over (`reply.hijack()`) and never comes here.
 */
export class OpenAnswers {
  readonly #options: OpenAnswersOptions;
  readonly #open = new Set<OpenAnswer>();
  /** How many wait for each body. Texts are not shared: equal ones are still copies. */
  readonly #readers = new Map<Buffer, number>();
  #bytes = 0;
  #cancelLook: CancelTimer | null = null;

  constructor(options: OpenAnswersOptions) {
    this.#options = options;
  }

  /** Bytes that wait for readers. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Call it before the first byte of `payload` is sent, and send what it returns. */
  add(reply: FastifyReply, payload: unknown): unknown {
    const body = bodyOf(payload);
    const nowMs = this.#options.clock.monotonicMs();
    const { socket } = reply.request.raw;
    const answer: OpenAnswer = { socket, body, beganAtMs: nowMs, sent: socket.bytesWritten, movedAtMs: nowMs };
    this.#hold(body);
    this.#open.add(answer);
    reply.raw.once("close", () => this.#remove(answer));
    this.#makeRoom(answer);
    this.#look();
    if (body === null || body.length <= PIECE_BYTES) return payload;
    reply.header("content-length", body.length);
    return Readable.from(piecesOf(body as Buffer));
  }

  /** Looks at nothing more; safe twice. */
  stop(): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
  }

  #remove(answer: OpenAnswer): void {
    if (this.#open.delete(answer)) this.#release(answer.body);
  }

  #hold(body: OpenAnswer["body"]): void {
    if (body === null) return;
    if (typeof body === "string") {
      this.#bytes += body.length;
      return;
    }
    const readers = this.#readers.get(body) ?? 0;
    this.#readers.set(body, readers + 1);
    if (readers === 0) this.#bytes += body.length;
  }

  #release(body: OpenAnswer["body"]): void {
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

  /** One answer alone may be larger than the limit. */
  #makeRoom(newest: OpenAnswer): void {
    for (const answer of this.#open) {
      if (this.#bytes <= LIMITS.answersBytesMax || answer === newest) return;
      if (answer.body !== newest.body) this.#drop(answer, "memory");
    }
  }

  #drop(answer: OpenAnswer, reason: ConnectionDropReason): void {
    this.#remove(answer);
    // A plain end would leave the kernel with what the reader did not take.
    answer.socket.resetAndDestroy();
    this.#options.onDropped(reason);
  }

  /** One timer for all answers, and none while there are none. */
  #look(): void {
    this.#cancelLook ??= this.#options.clock.after(LIMITS.answersCheckMs, () => {
      this.#cancelLook = null;
      const nowMs = this.#options.clock.monotonicMs();
      for (const answer of this.#open) this.#judge(answer, nowMs);
      if (this.#open.size > 0) this.#look();
    });
  }

  #judge(answer: OpenAnswer, nowMs: number): void {
    const sent = answer.socket.bytesWritten;
    if (sent !== answer.sent) {
      answer.sent = sent;
      answer.movedAtMs = nowMs;
    }
    if (nowMs - answer.beganAtMs >= LIMITS.answerMs) this.#drop(answer, "deadline");
    else if (nowMs - answer.movedAtMs >= LIMITS.writeStallMs) this.#drop(answer, "stalled");
  }
}

function bodyOf(payload: unknown): OpenAnswer["body"] {
  if (Buffer.isBuffer(payload)) return payload;
  if (typeof payload !== "string") return null;
  return payload.length <= PIECE_BYTES ? payload : Buffer.from(payload);
}

function* piecesOf(body: Buffer): Generator<Buffer, void, undefined> {
  for (let at = 0; at < body.length; at += PIECE_BYTES) yield body.subarray(at, at + PIECE_BYTES);
}

import type { Socket } from "node:net";
import { connect } from "node:net";
import { codeOf } from "../../model/errors.ts";

/** Sends raw bytes and resolves to everything received until the server closes the connection. */
export function rawRequest(port: number, ...pieces: readonly string[]): Promise<string> {
  return answersOf(port, (socket) => pieces.forEach((piece) => socket.write(piece)));
}

/** The same, but half-closes the connection after the bytes. */
export function lastRequest(port: number, text: string): Promise<string> {
  return answersOf(port, (socket) => socket.end(text));
}

function answersOf(port: number, send: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => send(socket));
    socket.on("data", (chunk) => chunks.push(chunk));
    // A server that refuses a body closes the connection while the rest is in transit.
    socket.on("error", (error) => (BROKEN_OFF.has(codeOf(error) ?? "") ? undefined : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

const BROKEN_OFF = new Set(["ECONNRESET", "EPIPE"]);

/** The statuses of the responses in the result of rawRequest(). */
export function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

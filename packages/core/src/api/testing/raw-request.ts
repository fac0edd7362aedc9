import type { Socket } from "node:net";
import { connect } from "node:net";
import { codeOf } from "../../model/errors.ts";

/** Sends bytes as they are and resolves to all that comes back until the server ends the connection. */
export function rawRequest(port: number, ...pieces: readonly string[]): Promise<string> {
  return answersOf(port, (socket) => pieces.forEach((piece) => socket.write(piece)));
}

/** The same, but tells the server that nothing more will come. */
export function lastRequest(port: number, text: string): Promise<string> {
  return answersOf(port, (socket) => socket.end(text));
}

function answersOf(port: number, send: (socket: Socket) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, "127.0.0.1", () => send(socket));
    socket.on("data", (chunk) => chunks.push(chunk));
    // A server that refuses a body ends the connection while the rest is on its way.
    socket.on("error", (error) => (BROKEN_OFF.has(codeOf(error) ?? "") ? undefined : reject(error)));
    socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  });
}

const BROKEN_OFF = new Set(["ECONNRESET", "EPIPE"]);

/** The statuses of the answers in what rawRequest() gave. */
export function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map(([, status]) => Number(status));
}

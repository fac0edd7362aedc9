import type { Socket } from "node:net";
import type { ErrorCode } from "../../model/errors.ts";
import { CloudMonitorError, codeOf, ERRORS } from "../../model/errors.ts";
import { PROBLEM_TYPE, problemOf } from "./problem.ts";
import { statusTitle } from "./status-title.ts";

const CODES: Readonly<Record<string, ErrorCode>> = {
  HPE_HEADER_OVERFLOW: "HEADERS_TOO_LARGE",
  ERR_HTTP_REQUEST_TIMEOUT: "REQUEST_TIMEOUT",
};

/** Responds to input that Node's parser could not parse as a request, and closes the connection. */
export function respondClientError(error: Error, socket: Socket): void {
  if (codeOf(error) === "ECONNRESET" || !socket.writable) {
    socket.destroy();
    return;
  }
  const code = CODES[codeOf(error) ?? ""] ?? "REQUEST_MALFORMED";
  const body = JSON.stringify(problemOf(new CloudMonitorError(code, ERRORS[code].meaning)));
  const status = ERRORS[code].status ?? 400;
  const head = [
    `HTTP/1.1 ${status} ${statusTitle(status)}`,
    `Content-Type: ${PROBLEM_TYPE}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`);
}

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { isPostgresResponse } from "./postgres-client.ts";

const bytes = (text: string, ...more: readonly number[]) =>
  Buffer.concat([Buffer.from(text, "latin1"), Buffer.from(more)]);

describe("the first response", () => {
  test.each([
    ["TLS", true, bytes("S")],
    ["no TLS", true, bytes("N")],
    ["an error to a request for TLS", true, bytes("Ecould not fork new process\n\0")],
    ["a demand for a password", false, bytes("R", 0, 0, 0, 23, 0, 0, 0, 10)],
    ["an error", false, bytes("E", 0, 0, 0, 90)],
    ["the first byte alone", false, bytes("R")],
  ])("of a PostgreSQL may be %s", (_, asksForTls, chunk) => {
    expect(isPostgresResponse(chunk, asksForTls)).toBe(true);
  });

  test.each([
    "HTTP/1.1 400 Bad Request\r\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "-ERR unknown command\r\n",
    "220 mail ESMTP\r\n",
    "RTSP/1.0 200 OK",
  ])("%j is of no PostgreSQL", (text) => {
    expect(isPostgresResponse(Buffer.from(text), true)).toBe(false);
    expect(isPostgresResponse(Buffer.from(text), false)).toBe(false);
  });

  test("of any bytes is judged without failing", () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 9 }), fc.boolean(), (chunk, asksForTls) => {
        expect(typeof isPostgresResponse(Buffer.from(chunk), asksForTls)).toBe("boolean");
      }),
    );
  });
});

import { METHODS } from "node:http";
import { expect, test } from "@jest/globals";
import { rawRequest } from "../testing/raw-request.ts";
import { testApi } from "../testing/test-api.ts";
import { recordingLogger } from "../testing/recording-logger.ts";

/** CONNECT requests a tunnel: Node.js closes its connection without a response. */
const ASKED = METHODS.filter((method) => method !== "CONNECT");
const KNOWN = ["GET", "HEAD"];

test("every method that Node.js accepts gets 405 with Allow if the path is known, else 404, and no log line", async () => {
  const { logger, records } = recordingLogger();
  await using api = await testApi({ logger });
  const { port } = await api.server.listen();
  const ask = (method: string, path: string) =>
    rawRequest(port, `${method} ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);

  const others = ASKED.filter((method) => !KNOWN.includes(method));
  for (const method of others) {
    expect(`${method} ${(await ask(method, "/metrics")).slice(0, 12)}`).toBe(`${method} HTTP/1.1 405`);
    expect(await ask(method, "/metrics")).toMatch(/\r\nallow: GET, HEAD\r\n[^]*METHOD_NOT_ALLOWED/i);
    expect((await ask(method, "/nowhere")).slice(0, 12)).toBe("HTTP/1.1 404");
  }
  expect(others.length).toBeGreaterThan(30);
  expect(records).toEqual([]);
});

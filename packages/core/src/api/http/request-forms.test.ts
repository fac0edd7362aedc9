import { describe, expect, test } from "@jest/globals";
import { rawRequest, statusesOf } from "../testing/raw-request.ts";
import { expositionOf } from "../testing/exposition-of.ts";
import { testApi } from "../testing/test-api.ts";

const CLOSE = "Connection: close\r\n";
const HOST = "Host: localhost\r\n";

async function answerOf(...pieces: string[]): Promise<string> {
  await using api = await testApi();
  const { port } = await api.server.listen();
  return await rawRequest(port, ...pieces);
}

async function statuses(...pieces: string[]): Promise<number[]> {
  return statusesOf(await answerOf(...pieces));
}

describe("a target in absolute form", () => {
  test.each([
    ["with this daemon's name", "http://localhost:8080/-/healthy", "localhost:8080", 200],
    ["with its other name, whatever Host says", "http://127.0.0.1/-/healthy", "evil.example", 200],
    ["in capitals", "HTTP://LOCALHOST:8080/-/healthy", "localhost", 200],
    ["with a query", "http://localhost/instances?limit=1", "localhost", 200],
    ["with a query that is refused", "http://localhost/instances?limit=x", "localhost", 400],
    ["without a path", "http://localhost", "localhost", 200],
    ["with a query and no path", "http://localhost?x=1", "localhost", 200],
    ["of another machine, whatever Host says", "http://evil.example/-/healthy", "localhost", 421],
    ["of another machine with a look of this one", "http://localhost.evil.example/", "localhost", 421],
    ["with a user", "http://localhost@evil.example/-/healthy", "localhost", 400],
    ["with a user at this daemon", "http://user:secret@localhost/-/healthy", "localhost", 400],
    ["of another scheme", "https://localhost/-/healthy", "localhost", 400],
    ["of a scheme nobody knows", "gopher://localhost/-/healthy", "localhost", 400],
    ["without an authority", "http:///-/healthy", "localhost", 400],
    ["with a path that is not there", "http://localhost/nope", "localhost", 404],
  ])("%s", async (_words, target, host, expected) => {
    expect(await statuses(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\n${CLOSE}\r\n`)).toEqual([expected]);
  });

  test("still needs a Host header in HTTP/1.1, and none in HTTP/1.0", async () => {
    expect(await statuses(`GET http://localhost/-/healthy HTTP/1.1\r\n${CLOSE}\r\n`)).toEqual([400]);
    expect(await statuses("GET http://localhost/-/healthy HTTP/1.0\r\n\r\n")).toEqual([200]);
  });

  test("has the origin of a page compared with its own authority", async () => {
    const post = (origin: string) =>
      `POST http://127.0.0.1:9/-/reload HTTP/1.1\r\n${HOST}Origin: ${origin}\r\nContent-Length: 0\r\n${CLOSE}\r\n`;

    expect(await statuses(post("http://127.0.0.1:9"))).toEqual([200]);
    expect(await statuses(post("http://localhost"))).toEqual([403]);
  });
});

describe("HTTP/1.0", () => {
  test.each([
    ["a probe without a Host", "GET /-/healthy HTTP/1.0\r\n\r\n", 200],
    ["a probe with an empty Host", "GET /-/healthy HTTP/1.0\r\nHost:\r\n\r\n", 200],
    ["OPTIONS without a Host, as a proxy's check", "OPTIONS /-/healthy HTTP/1.0\r\n\r\n", 405],
    ["a page on a rebound name, which a browser always names", "GET / HTTP/1.0\r\nHost: evil.example\r\n\r\n", 421],
    ["a page's change without a Host", "POST /-/reload HTTP/1.0\r\nOrigin: http://localhost\r\n\r\n", 403],
  ])("%s", async (_words, request, expected) => {
    expect(await statuses(request)).toEqual([expected]);
  });

  test("is the only version without a Host", async () => {
    expect(await statuses(`GET /-/healthy HTTP/1.1\r\n${CLOSE}\r\n`)).toEqual([400]);
    expect(await statuses("GET /-/healthy HTTP/2.0\r\n\r\n")).toEqual([400]);
  });

  test.each(["/-/healthy", "/metrics", "/instances", "/openapi.json"])(
    "%s is answered with a length, never in chunks, and the connection ends",
    async (path) => {
      const [head, body] = (await answerOf(`GET ${path} HTTP/1.0\r\n\r\n`)).split("\r\n\r\n", 2);

      expect(head).toMatch(/^HTTP\/1\.1 200 /);
      expect(head).not.toMatch(/transfer-encoding/i);
      expect(head).toMatch(/connection: close/i);
      expect(Number(/content-length: (\d+)/i.exec(head!)![1])).toBe(Buffer.byteLength(body!));
    },
  );

  test("a page of 3 MiB is answered so too", async () => {
    async function* page() {
      for (let i = 0; i < 48; i++) yield "x".repeat(64 * 1024);
    }
    await using api = await testApi({ exposition: expositionOf(async () => page()) });
    const { port } = await api.server.listen();

    const [head, body] = (await rawRequest(port, "GET /metrics HTTP/1.0\r\n\r\n")).split("\r\n\r\n", 2);

    expect(head).not.toMatch(/transfer-encoding/i);
    expect(head).toMatch(/content-length: 3145728\r\n/i);
    expect(body).toHaveLength(3_145_728);
  });
});

describe("a type of body without a body means nothing:", () => {
  const TYPES = [
    "application/x-www-form-urlencoded",
    "text/plain",
    "nonsense",
    "application/json\t;",
    "multipart/form-data",
  ];
  const EMPTY = [
    ["no length", "\r\n"],
    ["length 0", "Content-Length: 0\r\n\r\n"],
    ["no chunk but the last", "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"],
  ] as const;

  test.each([
    ["GET", "/metrics", 200],
    ["GET", "/-/healthy", 200],
    ["GET", "/health", 200],
    ["GET", "/instances", 200],
    ["HEAD", "/instances", 200],
    ["POST", "/-/reload", 200],
    ["DELETE", "/instances/1", 404],
    ["OPTIONS", "/instances", 405],
    ["POST", "/instances", 400],
    ["PATCH", "/instances/1", 400],
    ["GET", "/nope", 404],
    ["POST", "/nope", 404],
  ])("%s %s is answered with %d", async (method, path, expected) => {
    await using api = await testApi();
    const { port } = await api.server.listen();

    const seen = [];
    for (const type of TYPES) {
      for (const [words, rest] of EMPTY) {
        const head = `${method} ${path} HTTP/1.1\r\n${HOST}${CLOSE}Content-Type: ${type}\r\nContent-Encoding: gzip\r\n`;
        const [status] = statusesOf(await rawRequest(port, head + rest));
        if (status !== expected) seen.push(`${type}, ${words}: ${status}`);
      }
    }

    expect(seen).toEqual([]);
  });
});

describe("a body where none is expected", () => {
  const BODY = "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";
  const CHUNKED = "Content-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
  const JSON_BODY = "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
  const JSON_CHUNKED = "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n";

  test.each([
    ["of GET is not looked at", "GET /-/healthy", BODY, 200],
    ["of GET in chunks neither", "GET /-/healthy", CHUNKED, 200],
    ["of DELETE is refused: it might have been meant to say what goes", "DELETE /instances/1", JSON_BODY, 400],
    ["of DELETE in chunks too", "DELETE /instances/1", JSON_CHUNKED, 400],
    ["of POST is judged as any other, and then left", "POST /-/reload", JSON_BODY, 200],
    ["of POST in chunks too", "POST /-/reload", JSON_CHUNKED, 200],
    ["of POST that is no JSON is refused", "POST /-/reload", BODY, 415],
    ["of POST that is no JSON is refused in chunks too", "POST /-/reload", CHUNKED, 415],
  ])("%s", async (_words, target, rest, expected) => {
    expect(await statuses(`${target} HTTP/1.1\r\n${HOST}${CLOSE}${rest}`)).toEqual([expected]);
  });
});

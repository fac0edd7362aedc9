import { createServer as createTcpServer } from "node:net";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "@jest/globals";
import { lastRequest, rawRequest, statusesOf } from "../testing/raw-request.ts";
import { testApi } from "../testing/test-api.ts";
import { createMetricsServers } from "./server.ts";

const CLOSE = "Connection: close\r\n";
const HOST = "Host: localhost\r\n";
const JSON_TYPE = "Content-Type: application/json\r\n";

async function statuses(...pieces: string[]): Promise<number[]> {
  await using api = await testApi();
  const { port } = await api.server.listen();
  return statusesOf(await rawRequest(port, ...pieces));
}

describe("a request on a socket", () => {
  test.each([
    ["an ordinary one", `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 200],
    ["two Host headers", `GET /-/healthy HTTP/1.1\r\n${HOST}${HOST}${CLOSE}\r\n`, 400],
    ["no Host header", `GET /-/healthy HTTP/1.1\r\n${CLOSE}\r\n`, 400],
    ["the Host of another machine", `GET /-/healthy HTTP/1.1\r\nHost: evil.example\r\n${CLOSE}\r\n`, 421],
    ["a target that is a star", `OPTIONS * HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400],
    ["100 headers", `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}${"a: b\r\n".repeat(98)}\r\n`, 200],
    ["101 headers", `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}${"a: b\r\n".repeat(99)}\r\n`, 431],
    ["3,000 headers", `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}${"a: b\r\n".repeat(2_998)}\r\n`, 431],
    ["17 KiB of headers", `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}a: ${"x".repeat(17 * 1024)}\r\n\r\n`, 431],
    ["a target of 17 KiB", `GET /${"x".repeat(17 * 1024)} HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 431],
    [
      "a length and chunks",
      `POST /instances HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      400,
    ],
    ["two lengths", `POST /instances HTTP/1.1\r\n${HOST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd`, 400],
    ["a header folded over two lines", `GET /-/healthy HTTP/1.1\r\n${HOST}a: b\r\n c\r\n${CLOSE}\r\n`, 400],
    ["NUL in a header", `GET /-/healthy HTTP/1.1\r\n${HOST}a: b\0c\r\n${CLOSE}\r\n`, 400],
    ["an unknown method", `BREW /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}\r\n`, 400],
    ["HTTP/2 by prior knowledge", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400],
  ])("with %s", async (_words, request, expected) => {
    expect(await statuses(request)).toEqual([expected]);
  });

  test.each([
    ["Authorization", "GET /instances", "Bearer a", "Bearer a"],
    ["Content-Type", "POST /-/reload", "application/json", "text/plain"],
    ["Content-Length", "POST /-/reload", "0", "0"],
    ["Origin", "POST /-/reload", "http://localhost", "http://localhost"],
    ["Sec-Fetch-Site", "POST /-/reload", "same-origin", "cross-site"],
    ["Host", "GET /-/healthy", "localhost", "localhost"],
  ])("with %s twice is refused, whatever the two say", async (name, target, first, second) => {
    const both = `${name}: ${first}\r\n${name.toUpperCase()}: ${second}\r\n`;

    expect(await statuses(`${target} HTTP/1.1\r\n${name === "Host" ? "" : HOST}${both}${CLOSE}\r\n`)).toEqual([400]);
  });

  test("with a repeated list header is accepted", async () => {
    const lists = "Accept: text/plain\r\nAccept: */*\r\nAccept-Encoding: br\r\nAccept-Encoding: gzip\r\n";

    expect(await statuses(`GET /metrics HTTP/1.1\r\n${HOST}${lists}${CLOSE}\r\n`)).toEqual([200]);
  });

  test("that is refused by the parser is answered with a problem too", async () => {
    await using api = await testApi();
    const { port } = await api.server.listen();

    const answer = await rawRequest(port, `GET / HTTP/1.1\r\n${HOST}a: ${"x".repeat(17 * 1024)}\r\n\r\n`);

    const [head, body] = answer.split("\r\n\r\n");
    expect(head).toContain("Content-Type: application/problem+json");
    expect(JSON.parse(body!)).toMatchObject({ status: 431, code: "HEADERS_TOO_LARGE" });
  });

  test.each([
    ["declared as 10 GB", `Content-Length: 10000000000\r\n\r\n{`],
    ["one byte over 64 KiB", `Content-Length: 65537\r\n\r\n${"x".repeat(65_537)}`],
    ["of endless chunks", `Transfer-Encoding: chunked\r\n\r\n${`8000\r\n${"x".repeat(0x8000)}\r\n`.repeat(4)}`],
  ])("with a body %s is refused with 413, and the connection ended", async (_words, rest) => {
    expect(await statuses(`POST /instances HTTP/1.1\r\n${HOST}${JSON_TYPE}${rest}`)).toEqual([413]);
  });

  test("after a refused body is not read from its rest", async () => {
    const smuggled = `GET /-/healthy HTTP/1.1\r\n${HOST}\r\n`;

    const answers = await statuses(
      `POST /instances HTTP/1.1\r\n${HOST}${JSON_TYPE}Content-Length: 100000\r\n\r\n${smuggled}`,
    );

    expect(answers).toEqual([413]);
  });

  test("is one of at most 1,000 on a connection, answered in order", async () => {
    await using api = await testApi();
    const { port } = await api.server.listen();

    const answers = statusesOf(await lastRequest(port, `GET /-/healthy HTTP/1.1\r\n${HOST}\r\n`.repeat(1_001)));

    expect(answers.filter((status) => status === 200)).toHaveLength(1_000);
    expect(answers.at(-1)).toBe(503);
  });
});

test.each([
  "/instances/%2e%2e",
  "/instances/%2e%2e/history",
  "/instances/..%2f..",
  "/instances/..%5c",
  "/instances/%252e",
  "/instances/1;x=1",
])("the path %s is a bad id, and reaches nothing else", async (path) => {
  expect(await statuses(`GET ${path} HTTP/1.1\r\n${HOST}${CLOSE}\r\n`)).toEqual([400]);
});

describe("listening", () => {
  test("reports its address", async () => {
    await using api = await testApi();

    const { host, port } = await api.server.listen();

    expect(host).toBe("127.0.0.1");
    expect(port).toBeGreaterThan(0);
  });

  test("on a port in use fails with what was found and what to do", async () => {
    const other = createTcpServer();
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const { port } = other.address() as AddressInfo;
    await using api = await testApi({ config: configOn("127.0.0.1", port) });

    const listening = api.server.listen();

    await expect(listening).rejects.toMatchObject({
      code: "LISTEN_FAILED",
      message: `another process listens on 127.0.0.1:${port}; stop it, or choose another HTTP_PORT`,
    });
    await new Promise((resolve) => other.close(resolve));
  });

  test("on an address of another machine fails with what to do", async () => {
    await using api = await testApi({ config: configOn("192.0.2.1", 0) });

    await expect(api.server.listen()).rejects.toMatchObject({ code: "LISTEN_FAILED" });
  });

  test("closes at once with open connections, and is idempotent", async () => {
    await using api = await testApi();
    const { port } = await api.server.listen();
    const idle = rawRequest(port, `GET /-/healthy HTTP/1.1\r\n${HOST}\r\n`);
    const halfSent = rawRequest(port, `POST /instances HTTP/1.1\r\n${HOST}`);
    await rawRequest(port, `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}\r\n`);

    await api.server.close();
    await api.server.close();

    expect(statusesOf(await idle)).toEqual([200]);
    expect(statusesOf(await halfSent)).toEqual([]);
  });
});

describe("the servers for scrapes", () => {
  test("serve the metrics and the probe on their own addresses, without a token, and nothing else", async () => {
    const config = configOn("127.0.0.1", 0, ["127.0.0.1:0", "[::1]:0"]);
    await using api = await testApi({
      config: () => ({ ...config(), http: { ...config().http, apiToken: "a-token-of-23-characters" } }),
    });
    const servers = createMetricsServers(api.context);
    const statuses: (readonly number[])[] = [];
    const paths = ["/scrape", "/-/healthy", "/metrics", "/instances", "/-/ready", "/openapi.json", "/"];
    for (const server of servers) {
      const all = await Promise.all(
        paths.map((url) => server.inject({ url, headers: { host: "localhost" } }).then(({ statusCode }) => statusCode)),
      );
      statuses.push(all);
      await server.close();
    }

    expect(statuses).toEqual([
      [200, 200, 404, 404, 404, 404, 404],
      [200, 200, 404, 404, 404, 404, 404],
    ]);
  });

  test("listen on all addresses, and name their flag when they cannot", async () => {
    await using api = await testApi({ config: configOn("127.0.0.1", 0, [":0"]) });
    const [server] = createMetricsServers(api.context);
    const { port } = await server!.listen();
    await using second = await testApi({ config: configOn("127.0.0.1", 0, [`127.0.0.1:${port}`]) });
    const [taken] = createMetricsServers(second.context);

    const answer = await rawRequest(port, `GET /-/healthy HTTP/1.1\r\n${HOST}${CLOSE}\r\n`);
    const listening = taken!.listen();

    expect(statusesOf(answer)).toEqual([200]);
    await expect(listening).rejects.toMatchObject({
      message: `another process listens on 127.0.0.1:${port}; stop it, or choose another --web.listen-address`,
    });
    await Promise.all([server!.close(), taken!.close()]);
  });
});

function configOn(host: string, port: number, listenAddresses: readonly string[] = []) {
  return () => ({
    http: { host, port, apiToken: null, insecureNoAuth: false },
    instances: { defaultInterval: 5, hostName: "this-host" },
    metrics: { cacheTtlMs: 1_000, instancesMax: 1_000, labels: [], listenAddresses, telemetryPath: "/scrape" },
  });
}

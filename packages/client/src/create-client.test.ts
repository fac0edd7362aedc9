import { afterEach, describe, expect, test } from "@jest/globals";
import type { Client, ClientOptions } from "./client.ts";
import { createClient } from "./create-client.ts";
import { type RecordedResponse, type RecordedServer, startRecordedServer } from "./testing/recorded-server.ts";

let server: RecordedServer | undefined;
let client: Client | undefined;

afterEach(async () => {
  await client?.close();
  await server?.stop();
});

async function connect(answers: RecordedResponse[], options: Partial<ClientOptions> = {}) {
  server = await startRecordedServer(answers);
  client = createClient({ url: server.url, ...options });
  return { client, seen: server.seen };
}

const problem = {
  type: "about:blank",
  title: "Instance not found",
  status: 404,
  detail: "no instance has id 7",
  code: "INSTANCE_NOT_FOUND",
};

describe("requests", () => {
  test("every method uses its canonical path", async () => {
    const { client, seen } = await connect([{ status: 200, body: {} }]);

    await client.listInstances({ status: "down", label: ["zone=a", "role=web"], limit: 5 });
    await client.addInstance({ name: "a", ip: "10.0.0.1" });
    await client.addInstances([{ name: "b", ip: "10.0.0.2" }]);
    await client.getInstance(3);
    await client.patchInstance(3, { interval: 9 });
    await client.removeInstance(3);
    await client.removeInstances({ label: ["fleet=demo"] });
    await client.metrics(0);
    await client.history(0, { from: "2026-01-01T00:00:00Z", step: 60, metric: ["load1", "up"] });
    await client.health();
    await client.ready();
    await client.reload();

    expect(seen.map(({ line }) => line)).toEqual([
      "GET /api/v1/instances?status=down&label=zone%3Da&label=role%3Dweb&limit=5",
      "POST /api/v1/instances",
      "POST /api/v1/instances/bulk",
      "GET /api/v1/instances/3",
      "PATCH /api/v1/instances/3",
      "DELETE /api/v1/instances/3",
      "DELETE /api/v1/instances?label=fleet%3Ddemo",
      "GET /api/v1/instances/0/metrics",
      "GET /api/v1/instances/0/history?from=2026-01-01T00%3A00%3A00Z&step=60&metric=load1&metric=up",
      "GET /api/v1/health",
      "GET /-/ready",
      "POST /-/reload",
    ]);
    expect(seen[2]?.body).toEqual([{ name: "b", ip: "10.0.0.2" }]);
  });

  test("the token is sent as a bearer token, and a path of the address precedes the API's", async () => {
    server = await startRecordedServer([{ status: 200, body: {} }]);
    client = createClient({ url: `${server.url}/behind/proxy/`, token: "s3cret" });

    await client.getInstance(1);

    expect(server.seen).toEqual([
      { line: "GET /behind/proxy/api/v1/instances/1", authorization: "Bearer s3cret", body: undefined },
    ]);
  });

  test("all pages are walked by their cursor", async () => {
    const { client, seen } = await connect([
      { status: 200, body: { items: [{ id: 1 }, { id: 2 }], nextCursor: "c2" } },
      { status: 200, body: { items: [{ id: 3 }], nextCursor: null } },
    ]);

    const ids: number[] = [];
    for await (const { id } of client.eachInstance({ kind: "simulated" })) ids.push(id);

    expect(ids).toEqual([1, 2, 3]);
    expect(seen.map(({ line }) => line)).toEqual([
      "GET /api/v1/instances?kind=simulated",
      "GET /api/v1/instances?kind=simulated&cursor=c2",
    ]);
  });
});

describe("refusals", () => {
  test("a problem becomes an ApiError with its code and retry time", async () => {
    const body = { ...problem, status: 503, code: "SAMPLE_NOT_YET" };
    const { client } = await connect([{ status: 503, headers: { "retry-after": "2" }, body }]);

    await expect(client.metrics(7)).rejects.toMatchObject({
      name: "ApiError",
      code: "SAMPLE_NOT_YET",
      status: 503,
      retryAfterSeconds: 2,
    });
  });

  test.each([
    { status: 502, body: "<html>Bad Gateway</html>" },
    { status: 200, body: "<html>It works!</html>" },
  ])("an answer that is not the daemon's (status $status) is said to be unreadable", async (answer) => {
    const { client } = await connect([answer]);

    await expect(client.health()).rejects.toMatchObject({ code: "ANSWER_UNREADABLE", status: answer.status });
  });

  test("a daemon that is not ready is a result", async () => {
    const notReady = { ...problem, status: 503, code: "NOT_READY" };
    const { client } = await connect([{ status: 503, body: notReady }]);

    expect(await client.ready()).toEqual({ ready: false, problem: notReady });
  });
});

describe("no answer", () => {
  test("a closed port names the address and the reason", async () => {
    const { client } = await connect([]);
    await server?.stop();

    await expect(client.health()).rejects.toMatchObject({
      name: "UnreachableError",
      address: server?.url,
      reason: "connection refused",
    });
  });

  test("a server that does not respond causes a timeout", async () => {
    const { client } = await connect([], { timeoutMs: 50 });

    await expect(client.health()).rejects.toMatchObject({ name: "UnreachableError", reason: "timed out" });
  });

  test("an abort of the caller's signal is passed on as it is", async () => {
    const controller = new AbortController();
    const { client } = await connect([], { signal: controller.signal });

    const pending = client.health();
    controller.abort(new Error("interrupted"));

    await expect(pending).rejects.toThrow("interrupted");
  });
});

describe("what cannot be used", () => {
  test.each(["localhost:8080", "ftp://host", "", "http://user:pw@host:8080", "http://host/?a=1"])(
    "the address %j is refused without repeating a password",
    (url) => {
      expect(() => createClient({ url })).toThrow(TypeError);
      expect(() => createClient({ url })).not.toThrow(/pw/);
    },
  );

  test("a token with a line break is refused without repeating it", () => {
    const create = () => createClient({ url: "http://host", token: "se\ncret" });

    expect(create).toThrow(/^the token is empty or has/);
    expect(create).not.toThrow(/cret/);
  });
});

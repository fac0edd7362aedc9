import { describe, expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

const WEB = JSON.stringify({ name: "web-1", ip: "10.0.0.1" });

describe("a body is malformed, and answered with 400, when it", () => {
  test.each([
    ["is cut", WEB.slice(0, -3)],
    ["has something behind its end", `${WEB}x`],
    ["begins with a byte order mark", `\ufeff${WEB}`],
    ["is no UTF-8", Buffer.from([0x22, 0xff, 0x22])],
    ["is nested 33 levels deep", "[".repeat(33) + "]".repeat(33)],
    ["is 60 KB of brackets", "[".repeat(60_000)],
    ["has a number that JSON does not know", '{"name":"a","ip":"b","interval":NaN}'],
    ["has a number in hexadecimal", '{"name":"a","ip":"b","interval":0x10}'],
  ])("%s", async (_words, body) => {
    await using api = await testApi();

    const { status, json } = await api.call("POST", "/instances", { body });

    expect([status, json.code]).toEqual([400, "REQUEST_MALFORMED"]);
  });
});

describe("numbers are never bent into shape:", () => {
  test.each(["1e400", "-0", "9007199254740993", '"12abc"', '"0x10"', '""'])(
    "interval %s is refused",
    async (interval) => {
      await using api = await testApi();

      const { status, json } = await api.call("POST", "/instances", {
        body: `{"name":"a","ip":"b","interval":${interval}}`,
      });

      expect([status, json.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([400, ["/interval"]]);
    },
  );
});

test("a route that needs a body says so, and one that needs none does without, whatever the type named", async () => {
  await using api = await testApi();

  const needed = await api.call("POST", "/instances", { body: "" });
  const bare = await api.call("POST", "/instances");
  const notNeeded = await api.call("POST", "/-/reload", { body: "" });

  expect([needed.status, needed.json.code, needed.json.errors[0].pointer]).toEqual([400, "REQUEST_INVALID", ""]);
  expect(bare.json).toEqual(needed.json);
  expect(notNeeded.status).toBe(200);
});

test("if a key occurs twice, the last one counts", async () => {
  await using api = await testApi();

  const { json } = await api.call("POST", "/instances", { body: '{"name":"first","ip":"10.0.0.1","name":"last"}' });

  expect(json.name).toBe("last");
});

describe("a media type is refused with 415:", () => {
  test.each([
    ["none", {}],
    ["text", { "content-type": "text/plain" }],
    ["a form", { "content-type": "application/x-www-form-urlencoded" }],
    ["JSON with a tab", { "content-type": "application/json\t; charset=utf-8" }],
    ["JSON with a blank before it", { "content-type": " application/json" }],
    ["JSON with two semicolons", { "content-type": "application/json;;" }],
    ["JSON with something behind it", { "content-type": "application/jsonx" }],
    ["JSON in another charset", { "content-type": "application/json; charset=utf-16" }],
    ["JSON merged with another type", { "content-type": "application/json, text/plain" }],
    ["compressed JSON", { "content-type": "application/json", "content-encoding": "gzip" }],
    ["JSON compressed twice", { "content-type": "application/json", "content-encoding": "gzip, gzip" }],
  ])("%s", async (_words, headers) => {
    await using api = await testApi();

    const answer = await api.server.inject({
      method: "POST",
      url: "/instances",
      headers: { host: "localhost", ...headers },
      payload: Buffer.from(WEB),
    });

    expect([answer.statusCode, answer.json().code]).toEqual([415, "MEDIA_TYPE_UNSUPPORTED"]);
  });

  test.each([
    "application/json",
    "APPLICATION/JSON",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "application/json;",
    "application/json; ",
  ])("but %s is taken", async (type) => {
    await using api = await testApi();

    const { status } = await api.call("POST", "/instances", { body: WEB, headers: { "content-type": type } });

    expect(status).toBe(201);
  });
});

describe("a path that is not there is answered with 404:", () => {
  test.each([
    "/nope",
    "/instances/",
    "//instances",
    "/instances/1/",
    "/Instances",
    "/instances./",
    "/api/v1",
    "/api/v2/instances",
    "/metrics/1/2",
    "/docs/",
    `/instances/${"1".repeat(200)}`,
  ])("%s", async (path) => {
    await using api = await testApi();

    const { status, headers } = await api.call("GET", path);

    expect(status).toBe(404);
    expect(headers["content-type"]).toBe("application/problem+json; charset=utf-8");
  });
});

describe("a method that a path does not support gets 405 and the supported ones:", () => {
  test.each([
    ["PUT", "/instances", "DELETE, GET, HEAD, POST"],
    ["POST", "/instances/1", "DELETE, GET, HEAD, PATCH"],
    ["POST", "/metrics", "GET, HEAD"],
    ["DELETE", "/health", "GET, HEAD"],
    ["OPTIONS", "/instances", "DELETE, GET, HEAD, POST"],
    ["TRACE", "/instances", "DELETE, GET, HEAD, POST"],
  ] as const)("%s %s", async (method, path, allow) => {
    await using api = await testApi();

    const { status, headers } = await api.call(method, path);

    expect([status, headers["allow"]]).toEqual([405, allow]);
  });
});

test("every response, success or error, has the security headers for browsers, and no CORS header", async () => {
  await using api = await testApi();
  const paths = ["/instances", "/metrics", "/", "/docs", "/nope", "/instances/%zz", "/instances/x"];

  const answers = await Promise.all(
    paths.map((path) => api.call("GET", path, { headers: { origin: "https://evil.example" } })),
  );

  for (const { headers } of answers) {
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers["content-security-policy"]).toMatch(/^default-src 'none'.*frame-ancestors 'none'$/);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  }
});

test("a defect of the daemon is logged with its message, which is not in the response", async () => {
  const logged: unknown[] = [];
  const log = () => {};
  await using api = await testApi({
    logger: {
      error: (_message, fields) => logged.push(fields),
      warn: log,
      info: log,
      debug: log,
      child: () => api.context.logger,
    },
    health: () => {
      throw new Error("the canary died in /secret/path");
    },
  });

  const { status, json, text } = await api.call("GET", "/health");

  expect([status, json.code]).toEqual([500, "INTERNAL"]);
  expect(text).not.toMatch(/canary|secret|at .*\.ts/);
  expect(logged).toMatchObject([{ route: "/health", error: "the canary died in /secret/path" }]);
});

test("each response is counted under its route, never under its path", async () => {
  const seen: unknown[] = [];
  await using api = await testApi({
    httpRecorder: {
      observe: ({ route, method, status }) => seen.push([route, method, status]),
      countDroppedConnection: () => {},
    },
  });

  await api.call("GET", "/instances/7");
  await api.call("GET", "/nope/secret");

  expect(seen).toEqual([
    ["/instances/:id", "GET", 404],
    ["none", "GET", 404],
  ]);
});

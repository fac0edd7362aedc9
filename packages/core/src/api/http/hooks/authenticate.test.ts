import { describe, expect, test } from "@jest/globals";
import { sampleBatch } from "../../../fleet/testing/sample-instance.ts";
import type { Route } from "../route.ts";
import { allRoutes } from "../../all.ts";
import type { Method, TestApi } from "../../testing/test-api.ts";
import { testApi } from "../../testing/test-api.ts";

const TOKEN = "s3cret";
const OPEN = ["GET /metrics", "GET /metrics/instances", "GET /health", "GET /-/healthy", "GET /-/ready"];

interface Call {
  readonly method: Method;
  readonly path: string;
}

/** Every method of every path, including HEAD for GET, and OPTIONS. */
function callsOf(routes: readonly Route[]): Call[] {
  return routes.flatMap(({ method, paths }) =>
    paths.flatMap((path) => {
      const methods: Method[] = method === "GET" ? ["GET", "HEAD", "OPTIONS"] : [method, "OPTIONS"];
      return methods.map((each) => ({ method: each, path: path.replace(":id", "0").replace(":file", "init.js") }));
    }),
  );
}

function isOpen({ method, path }: Call): boolean {
  return OPEN.includes(`${method === "HEAD" ? "GET" : method} ${path}`);
}

async function statusOf(api: TestApi, { method, path }: Call, authorization?: string): Promise<number> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
  // At this rate failures are not limited.
  api.clock.advance(1_000);
  return (await api.call(method, path, { headers })).status;
}

describe("with a token", () => {
  test.each([
    ["no token", undefined],
    ["a wrong token", "Bearer wrong"],
    ["the token without its scheme", TOKEN],
    ["the token as a password", `Basic ${Buffer.from(`:${TOKEN}`).toString("base64")}`],
  ])("a caller with %s gets 401 from all but the open routes", async (_words, authorization) => {
    await using api = await testApi();
    api.setToken(TOKEN);

    const wrong: string[] = [];
    for (const call of callsOf(allRoutes(api.context))) {
      const isRefused = (await statusOf(api, call, authorization)) === 401;
      if (isRefused === isOpen(call)) wrong.push(`${call.method} ${call.path}`);
    }

    expect(wrong).toEqual([]);
  });

  test("a caller with the token is let in everywhere", async () => {
    await using api = await testApi();
    api.setToken(TOKEN);

    // Without a sample the route of the latest values would wait for one.
    api.fleet.latest.record(sampleBatch([{ id: api.fleet.hostId }]));

    const refused: Call[] = [];
    for (const call of callsOf(allRoutes(api.context))) {
      if ((await statusOf(api, call, `Bearer ${TOKEN}`)) === 401) refused.push(call);
    }

    expect(refused).toEqual([]);
  });

  test.each(["/nope", "//instances", "/instances/", "/%69nstances", "/INSTANCES", "/instances/:id", "/*"])(
    "the spelling %s is no way around it",
    async (path) => {
      await using api = await testApi();
      api.setToken(TOKEN);

      expect((await api.call("GET", path)).status).toBe(401);
    },
  );

  test("a token in the URL is refused", async () => {
    await using api = await testApi();
    api.setToken(TOKEN);

    const answers = await Promise.all(
      ["token", "access_token", "api_token"].map((name) => api.call("GET", `/instances?${name}=${TOKEN}`)),
    );

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  });

  test("the response says how to authenticate, and not why it failed", async () => {
    await using api = await testApi();
    api.setToken(TOKEN);

    const none = await api.call("GET", "/instances");
    const wrong = await api.call("GET", "/instances", { headers: { authorization: "Bearer wrong" } });

    expect(none.headers["www-authenticate"]).toBe("Bearer");
    expect(wrong.json).toEqual(none.json);
  });

  test("a body is not read before the token is known to be right", async () => {
    await using api = await testApi();
    api.setToken(TOKEN);

    const { status } = await api.call("POST", "/instances", { body: "{".repeat(100_000) });

    expect(status).toBe(401);
  });

  test("a new token is valid from the next request on, and the old one is not", async () => {
    await using api = await testApi();
    api.setToken(TOKEN);
    const before = await api.call("GET", "/instances", { headers: { authorization: `Bearer ${TOKEN}` } });

    api.setToken("rotated");

    const old = await api.call("GET", "/instances", { headers: { authorization: `Bearer ${TOKEN}` } });
    const rotated = await api.call("GET", "/instances", { headers: { authorization: "Bearer rotated" } });
    expect([before.status, old.status, rotated.status]).toEqual([200, 401, 200]);
  });

  describe("many failures from one address", () => {
    const WRONG = { headers: { authorization: "Bearer wrong" } };
    const RIGHT = { headers: { authorization: `Bearer ${TOKEN}` } };

    test("get 429 after a burst, and 401 again at the rate of one per second", async () => {
      await using api = await testApi();
      api.setToken(TOKEN);
      const status = async () => (await api.call("GET", "/instances", WRONG)).status;

      const flood = await Promise.all(Array.from({ length: 100 }, status));
      const refused = await api.call("GET", "/nope");
      api.clock.advance(1_000);
      const later = [await status(), await status()];

      expect([flood.filter((one) => one === 401).length, flood.filter((one) => one === 429).length]).toEqual([60, 40]);
      expect([refused.status, refused.json.code, refused.headers["retry-after"]]).toEqual([
        429,
        "TOO_MANY_ATTEMPTS",
        "1",
      ]);
      expect(later).toEqual([401, 429]);
    });

    test("lock out no client with the token, and no open route", async () => {
      await using api = await testApi();
      api.setToken(TOKEN);
      await Promise.all(Array.from({ length: 100 }, () => api.call("GET", "/instances", WRONG)));

      const answers = await Promise.all([
        api.call("GET", "/instances", RIGHT),
        api.call("GET", "/-/healthy"),
        api.call("GET", "/metrics", WRONG),
        api.call("GET", "/health", WRONG),
      ]);

      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    });
  });
});

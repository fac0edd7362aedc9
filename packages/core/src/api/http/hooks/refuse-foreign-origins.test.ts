import { describe, expect, test } from "@jest/globals";
import { allRoutes } from "../../all.ts";
import type { Method, TestApi } from "../../testing/test-api.ts";
import { testApi } from "../../testing/test-api.ts";

const TOKEN = "s3cret";
const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Requests that a page of another origin can make a browser send. */
const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { origin: "https://evil.example" },
  { origin: "null" },
  { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
  { "sec-fetch-site": "cross-site" },
];

/** Every path of every route that may change something. */
function changingCalls(api: TestApi): { method: Method; path: string }[] {
  const changing = allRoutes(api.context).filter(({ method }) => !SAFE.has(method));
  return changing.flatMap(({ method, paths }) => paths.map((path) => ({ method, path: path.replace(":id", "1") })));
}

describe.each([
  ["without a token", null],
  ["with a token", TOKEN],
])("a daemon %s", (_words, token) => {
  const sent = (headers: Readonly<Record<string, string>>) => ({
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });

  test("refuses every changing request of a page of another origin, without effect", async () => {
    let reloads = 0;
    const reload = async () => {
      reloads++;
      return { changed: [], restartNeeded: [] };
    };
    await using api = await testApi({ reload });
    api.setToken(token);
    const calls = changingCalls(api);

    const answers = [];
    for (const { method, path } of calls) {
      for (const headers of FOREIGN) answers.push(await api.call(method, path, sent(headers)));
    }

    expect(calls.length).toBeGreaterThan(8);
    expect(new Set(answers.map(({ status, json }) => `${status} ${json.code}`))).toEqual(
      new Set(["403 ORIGIN_NOT_ALLOWED"]),
    );
    expect(reloads).toBe(0);
  });

  test("lets its own pages and programs make them", async () => {
    await using api = await testApi();
    api.setToken(token);

    const own = { origin: "http://localhost:8080", "sec-fetch-site": "same-origin" };
    const answers = [await api.call("POST", "/-/reload", sent(own)), await api.call("POST", "/-/reload", sent({}))];

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  });

  test("serves requests that change nothing, since the browser hides the response from the page", async () => {
    await using api = await testApi();
    api.setToken(token);

    for (const headers of FOREIGN) expect((await api.call("GET", "/instances", sent(headers))).status).toBe(200);
  });
});

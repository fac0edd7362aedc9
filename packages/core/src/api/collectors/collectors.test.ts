import { expect, test } from "@jest/globals";
import { CloudMonitorError } from "../../model/errors.ts";
import type { ApiContext } from "../http/context.ts";
import { testApi } from "../testing/test-api.ts";

const LIST = [
  { name: "cpu", enabled: true, origin: "default" },
  { name: "hwmon", enabled: true, origin: "setting" },
  { name: "tcpstat", enabled: false, origin: "api" },
] as const;

function collectorsOf(
  change: ApiContext["collectors"]["switches"]["change"] = async () => {},
): ApiContext["collectors"] {
  return {
    switches: { list: () => LIST, change },
    hung: () => ["hwmon"],
    lastSuccessSeconds: () => ({ cpu: 1_700_000_000.5 }),
  };
}

test("GET lists the collectors with their origin and last success", async () => {
  await using api = await testApi({ collectors: collectorsOf() });

  const answer = await api.call("GET", "/api/v1/collectors");

  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({
    items: [
      { name: "cpu", enabled: true, origin: "default", hung: false, lastSuccess: "2023-11-14T22:13:20.500Z" },
      { name: "hwmon", enabled: true, origin: "setting", hung: true, lastSuccess: null },
      { name: "tcpstat", enabled: false, origin: "api", hung: false, lastSuccess: null },
    ],
  });
});

test("PUT switches collectors, and answers with the list", async () => {
  const changes: unknown[] = [];
  await using api = await testApi({ collectors: collectorsOf(async (given) => void changes.push(given)) });

  const answer = await api.call("PUT", "/api/v1/collectors", { body: { collectors: { tcpstat: true, cpu: null } } });

  expect(answer.status).toBe(200);
  expect(answer.json.items).toHaveLength(3);
  expect(changes).toEqual([{ tcpstat: true, cpu: null }]);
});

test.each([
  [{ collectors: { cpuu: true } }, "/collectors/cpuu"],
  [{ collectors: { cpu: "yes" } }, "/collectors/cpu"],
  [{ cpu: true }, "/collectors"],
  [{}, "/collectors"],
])("PUT %j is refused, naming the field", async (body, where) => {
  await using api = await testApi({ collectors: collectorsOf() });

  const answer = await api.call("PUT", "/api/v1/collectors", { body });

  expect(answer.status).toBe(400);
  expect(answer.json).toMatchObject({ code: "REQUEST_INVALID" });
  expect(answer.json.errors.map((one: { pointer: string }) => one.pointer)).toContain(where);
});

test("PUT for a collector that a setting fixes is a conflict", async () => {
  const refuse = () => Promise.reject(new CloudMonitorError("COLLECTOR_FIXED", "A setting fixes hwmon."));
  await using api = await testApi({ collectors: collectorsOf(refuse) });

  const answer = await api.call("PUT", "/api/v1/collectors", { body: { collectors: { hwmon: false } } });

  expect(answer.status).toBe(409);
  expect(answer.json).toMatchObject({ code: "COLLECTOR_FIXED" });
});

test("both need the token", async () => {
  await using api = await testApi({ collectors: collectorsOf() });
  api.setToken("a-token-of-23-characters");

  const answers = await Promise.all([
    api.call("GET", "/api/v1/collectors"),
    api.call("PUT", "/api/v1/collectors", { body: { collectors: {} } }),
  ]);

  expect(answers.map(({ status }) => status)).toEqual([401, 401]);
});

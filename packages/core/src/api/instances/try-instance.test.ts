import { expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

const SCRAPED = { name: "web-1", ip: "10.0.0.5", kind: "scrape" };

test("a dry run says how the collection went, and creates nothing", async () => {
  await using api = await testApi();
  const { status, json } = await api.call("POST", "/api/v1/instances/dry-run", { body: SCRAPED });

  expect(status).toBe(200);
  expect(json).toEqual({
    status: "down",
    reason: "refused",
    message: "10.0.0.5:9100 refused the connection",
    duration: null,
    series: 3,
  });
  expect((await api.call("GET", "/instances")).json.items).toHaveLength(1);
});

test("what could not be created is refused in the same way", async () => {
  await using api = await testApi();
  await api.call("POST", "/instances", { body: SCRAPED });
  const taken = await api.call("POST", "/api/v1/instances/dry-run", { body: SCRAPED });
  const invalid = await api.call("POST", "/api/v1/instances/dry-run", {
    body: { ...SCRAPED, name: "b", ip: "127.0.0.1" },
  });

  expect([taken.status, taken.json.code]).toEqual([409, "INSTANCE_NAME_TAKEN"]);
  expect([invalid.status, invalid.json.errors[0].pointer]).toEqual([400, "/ip"]);
});

import { expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

const WEB = { name: "web-1", ip: "10.0.0.1" };

test("a created instance is answered with 201, its place and itself, and is then in the list", async () => {
  await using api = await testApi();

  const created = await api.call("POST", "/instances", { body: { ...WEB, interval: 7, labels: { team: "blue" } } });
  const listed = await api.call("GET", "/instances");

  expect(created.status).toBe(201);
  expect(created.headers["location"]).toBe("/api/v1/instances/1");
  expect(created.json).toEqual({
    id: 1,
    name: "web-1",
    ip: "10.0.0.1",
    interval: 7,
    kind: "simulated",
    target: null,
    labels: { team: "blue" },
    simulation: null,
    source: "api",
    status: "pending",
    reason: null,
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  expect(listed.json.items).toContainEqual(created.json);
});

import { describe, expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

const WEB = { name: "web-1", ip: "10.0.0.1" };

describe("changing an instance", () => {
  test("changes only what is given", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: { ...WEB, labels: { team: "blue" }, simulation: { seed: 3 } } });

    const { status, json } = await api.call("PATCH", "/instances/1", { body: { interval: 9, simulation: null } });

    expect(status).toBe(200);
    expect(json).toMatchObject({ name: "web-1", interval: 9, labels: { team: "blue" }, simulation: null });
  });

  test.each([
    ["nothing", {}, 400],
    ["its id", { id: 5 }, 400],
    ["its kind", { kind: "host" }, 400],
    ["its interval to null", { interval: null }, 400],
    ["its name to a taken one", { name: "web-2" }, 409],
  ])("refuses to change %s", async (_words, body, expected) => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });
    await api.call("POST", "/instances", { body: { ...WEB, name: "web-2" } });

    const { status } = await api.call("PATCH", "/instances/1", { body });

    expect(status).toBe(expected);
  });

  test.each(["PATCH", "DELETE"] as const)("of this daemon's own host is refused: %s", async (method) => {
    await using api = await testApi();

    const { status, json } = await api.call(
      method,
      "/instances/0",
      method === "PATCH" ? { body: { interval: 9 } } : {},
    );

    expect([status, json.code]).toEqual([403, "INSTANCE_PROTECTED"]);
  });
});

import { describe, expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

const WEB = { name: "web-1", ip: "10.0.0.1" };

const FULL = {
  id: 1,
  name: "web-1",
  ip: "10.0.0.1",
  interval: 7,
  kind: "simulated",
  target: null,
  profile: null,
  module: null,
  labels: { team: "blue" },
  simulation: { seed: 3, profile: "web" },
  source: "api",
  status: "pending",
  reason: null,
  since: "2026-01-01T00:00:00.000Z",
  createdAt: "2026-01-01T00:00:00.000Z",
};

describe("creating an instance", () => {
  test("is possible with every kind that the contract offers", async () => {
    await using api = await testApi();
    const { json: contract } = await api.call("GET", "/openapi.json");
    const offered: string[] =
      contract.paths["/api/v1/instances"].post.requestBody.content["application/json"].schema.properties.kind.enum;

    const answers = await Promise.all(
      offered.map((kind) => api.call("POST", "/instances", { body: { ...WEB, name: kind, kind } })),
    );

    expect(answers.map(({ status, json }) => [status, json.kind])).toEqual(offered.map((kind) => [201, kind]));
  });

  test("gets 201, its location and itself", async () => {
    await using api = await testApi();

    const { status, headers, json } = await api.call("POST", "/instances", {
      body: { ...WEB, interval: 7, labels: { team: "blue" }, simulation: { seed: 3, profile: "web" } },
    });

    expect(status).toBe(201);
    expect(headers["location"]).toBe("/api/v1/instances/1");
    expect(json).toEqual(FULL);
  });

  test("uses the default interval if none is given", async () => {
    await using api = await testApi();

    const { json } = await api.call("POST", "/instances", { body: WEB });

    expect(json.interval).toBe(5);
  });

  test("with a taken name gets 409 with a pointer to the name", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: WEB });

    const { status, json } = await api.call("POST", "/instances", { body: WEB });

    expect(status).toBe(409);
    expect(json).toMatchObject({ code: "INSTANCE_NAME_TAKEN", errors: [{ pointer: "/name" }] });
  });

  test("while the database is unavailable gets 503 with Retry-After, and creates nothing", async () => {
    await using api = await testApi();
    await api.storage.stop();

    const { status, headers, json } = await api.call("POST", "/instances", { body: WEB });
    const listed = await api.call("GET", "/instances");

    expect([status, json.code, headers["retry-after"]]).toEqual([503, "STORE_UNAVAILABLE", "5"]);
    expect(listed.json.items).toHaveLength(1);
  });

  test.each(["__proto", "toString", "hasOwnProperty", "constructor", "🦊 é", "a/b", '"><script>'])(
    "takes the name %j as it is",
    async (name) => {
      await using api = await testApi();

      const created = await api.call("POST", "/instances", { body: { ...WEB, name } });
      const read = await api.call("GET", "/instances/1");

      expect([created.status, read.json.name]).toEqual([201, name]);
    },
  );

  test("accepts a label named constructor like any other", async () => {
    await using api = await testApi();

    const { json } = await api.call("POST", "/instances", { body: { ...WEB, labels: { constructor: "acme" } } });
    const found = await api.call("GET", "/instances?label=constructor=acme");

    expect(Object.entries(json.labels)).toEqual([["constructor", "acme"]]);
    expect(found.json.items).toHaveLength(1);
  });
});

describe("a body for an instance is refused with 400", () => {
  test.each([
    ["without a name", { ip: "10.0.0.1" }, ["/name"]],
    ["without anything", {}, ["/name", "/ip"]],
    ["that is no object", [], [""]],
    ["that is null", null, [""]],
    ["with an empty name", { ...WEB, name: "" }, ["/name"]],
    ["with a name of 129 characters", { ...WEB, name: "x".repeat(129) }, ["/name"]],
    ["with a line break in the name", { ...WEB, name: "a\nb" }, ["/name"]],
    ["with NUL in the name", { ...WEB, name: "a\u0000b" }, ["/name"]],
    ["with half a surrogate pair in the name", { ...WEB, name: "a\ud800b" }, ["/name"]],
    ["with a turn of direction in the name", { ...WEB, name: "a\u202eb" }, ["/name"]],
    ["with a blank at the end of the name", { ...WEB, name: "a " }, ["/name"]],
    ["with a number as name", { ...WEB, name: 5 }, ["/name"]],
    ["with an ip that is none", { ...WEB, ip: "10.0.0.256" }, ["/ip"]],
    ["with interval 0", { ...WEB, interval: 0 }, ["/interval"]],
    ["with interval 86401", { ...WEB, interval: 86_401 }, ["/interval"]],
    ["with interval 1.5", { ...WEB, interval: 1.5 }, ["/interval"]],
    ["with an interval as text", { ...WEB, interval: "5" }, ["/interval"]],
    ["with interval true", { ...WEB, interval: true }, ["/interval"]],
    ["with interval null", { ...WEB, interval: null }, ["/interval"]],
    ["with an unknown kind", { ...WEB, kind: "toaster" }, ["/kind"]],
    ["with kind host", { ...WEB, kind: "host" }, ["/kind"]],
    ["with a kind that users do not add", { ...WEB, kind: "host" }, ["/kind"]],
    ["with a reserved label", { ...WEB, labels: { job: "x" } }, ["/labels/job"]],
    ["with a label of Prometheus' own", { ...WEB, labels: { __name__: "x" } }, ["/labels/__name__"]],
    ["with a label name in capitals", { ...WEB, labels: { Team: "x" } }, ["/labels/Team"]],
    ["with a number as label", { ...WEB, labels: { team: 5 } }, ["/labels/team"]],
    ["with a list of labels", { ...WEB, labels: ["a"] }, ["/labels"]],
    [
      "with 17 labels",
      { ...WEB, labels: Object.fromEntries(Array.from({ length: 17 }, (_, i) => [`l${i}`, ""])) },
      ["/labels"],
    ],
    ["with an unknown fault", { ...WEB, simulation: { fault: "explode" } }, ["/simulation/fault"]],
    ["with a seed over 32 bits", { ...WEB, simulation: { seed: 4_294_967_296 } }, ["/simulation/seed"]],
    ["with a time that is none", { ...WEB, simulation: { at: "tomorrow" } }, ["/simulation/at"]],
    ["with an unknown field", { ...WEB, intervall: 5 }, ["/intervall"]],
    [
      "with many bad fields, all of them named",
      { name: "", ip: " ", interval: -1, x: 1 },
      ["/x", "/name", "/ip", "/interval"],
    ],
  ])("%s", async (_words, body, pointers) => {
    await using api = await testApi();

    const { status, headers, json } = await api.call("POST", "/instances", { body: JSON.stringify(body) });

    expect([status, json.code]).toEqual([400, "REQUEST_INVALID"]);
    expect(headers["content-type"]).toBe("application/problem+json; charset=utf-8");
    expect(json.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(pointers);
  });

  test("without a word of what was sent", async () => {
    await using api = await testApi();

    const { text } = await api.call("POST", "/instances", { body: { name: "a\u0000canary", ip: "canary canary" } });

    expect(text).not.toContain("canary");
  });
});

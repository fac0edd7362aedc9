import { describe, expect, test } from "@jest/globals";
import { CloudMonitorError } from "../../model/errors.ts";
import { sampleBatch } from "../../fleet/testing/sample-instance.ts";
import { testApi } from "../testing/test-api.ts";
import { timerArmed } from "../testing/timer-armed.ts";

const PARTS = {
  ready: true,
  problems: [] as string[],
  uptimeSeconds: 12,
  storage: { kind: "memory", available: true, location: "memory of the daemon", reason: null },
  spool: { rows: 3, rowsMax: 1_000, oldestSeconds: 1.5, dropped: 0 },
  threads: { configured: 2, running: 2, replaced: 1, stuck: 0 },
} as const;

describe("health", () => {
  test("is all of it in one document", async () => {
    await using api = await testApi({ health: () => ({ ...PARTS, problems: [] }) });
    api.fleet.latest.record(sampleBatch([{ id: api.fleet.hostId }]));

    const { status, json } = await api.call("GET", "/health");

    expect(status).toBe(200);
    expect(json).toEqual({
      status: "ok",
      problems: [],
      version: "1.2.3",
      uptime: 12,
      instances: { total: 1, up: 1, down: 0, stale: 0, pending: 0, exposed: 1 },
      storage: PARTS.storage,
      spool: PARTS.spool,
      threads: PARTS.threads,
    });
  });

  test("has the number of instances with series of their own on /metrics", async () => {
    await using api = await testApi();
    const body = Array.from({ length: 1_001 }, (_, i) => ({ name: `n-${i}`, ip: "10.0.0.1" }));
    await api.call("POST", "/instances/bulk", { body });

    const { json } = await api.call("GET", "/health");
    const { text } = await api.call("GET", "/metrics");

    expect([json.instances.total, json.instances.exposed]).toEqual([1_002, 1_001]);
    expect(text.match(/^cloud_monitor_instance_info\{/gm)).toHaveLength(1_001);
    expect(text).toContain("cloud_monitor_instances_exposed 0\n");
  });

  test("is degraded, and still 200, with the reasons", async () => {
    await using api = await testApi({ health: () => ({ ...PARTS, ready: false, problems: ["the database is away"] }) });

    const { status, json } = await api.call("GET", "/health");

    expect([status, json.status, json.problems]).toEqual([200, "degraded", ["the database is away"]]);
  });

  test("without the token returns only the status, and only by its short path", async () => {
    await using api = await testApi();
    api.setToken("s3cret");

    const short = await api.call("GET", "/health");
    const long = await api.call("GET", "/api/v1/health");
    const known = await api.call("GET", "/health", { headers: { authorization: "Bearer s3cret" } });

    expect([short.status, short.json]).toEqual([200, { status: "ok" }]);
    expect(long.status).toBe(401);
    expect(known.json.version).toBe("1.2.3");
  });
});

describe("the probes", () => {
  test("say alive and ready", async () => {
    await using api = await testApi();

    const answers = [await api.call("GET", "/-/healthy"), await api.call("GET", "/-/ready")];

    expect(answers.map(({ status, json }) => [status, json])).toEqual([
      [200, { status: "ok" }],
      [200, { status: "ok" }],
    ]);
  });

  test("report alive but not ready while the database is unavailable", async () => {
    await using api = await testApi({ health: () => ({ ...PARTS, problems: [], ready: false }) });

    const healthy = await api.call("GET", "/-/healthy");
    const ready = await api.call("GET", "/-/ready");

    expect(healthy.status).toBe(200);
    expect([ready.status, ready.json.code, ready.headers["retry-after"]]).toEqual([503, "NOT_READY", "1"]);
  });
});

describe("a reload", () => {
  test("says what changed and what waits for a restart", async () => {
    await using api = await testApi();

    const { status, json } = await api.call("POST", "/-/reload");

    expect([status, json]).toEqual([200, { changed: ["LOG_LEVEL"], restartNeeded: [] }]);
  });

  test("of a bad configuration is refused with every problem and its place", async () => {
    const details = [{ where: "config.yaml:3", message: "found abc, wanted a port" }];
    await using api = await testApi({
      reload: async () => {
        throw new CloudMonitorError("RELOAD_INVALID", "the old one stays", { details });
      },
    });

    const { status, json } = await api.call("POST", "/-/reload");

    expect([status, json.errors]).toEqual([422, [{ pointer: "config.yaml:3", detail: "found abc, wanted a port" }]]);
  });

  test("by GET is no reload", async () => {
    await using api = await testApi();

    const { status, headers } = await api.call("GET", "/-/reload");

    expect([status, headers["allow"]]).toEqual([405, "POST"]);
  });
});

describe("a profile", () => {
  test("of the CPU is a file for DevTools, after the requested seconds", async () => {
    await using api = await testApi();

    const before = api.clock.pending;
    const asked = api.call("POST", "/-/profile?kind=cpu&seconds=2");
    await timerArmed(api.clock, before);
    const second = await api.call("POST", "/-/profile?kind=heap");
    api.clock.advance(2_000);
    const { status, headers, json } = await asked;

    expect([second.status, second.json.code]).toEqual([409, "PROFILE_RUNNING"]);
    expect([status, headers["content-disposition"]]).toEqual([200, 'attachment; filename="cloud-monitor.cpuprofile"']);
    expect(json.nodes.length).toBeGreaterThan(0);
  });

  test.each(["", "?kind=disk", "?kind=cpu&seconds=0", "?kind=cpu&seconds=61", "?kind=cpu&seconds=1.5"])(
    "asked for as /-/profile%s is refused with 400",
    async (query) => {
      await using api = await testApi();

      expect((await api.call("POST", `/-/profile${query}`)).status).toBe(400);
    },
  );

  test("is for callers on this machine alone while there is no token", async () => {
    await using api = await testApi();

    const answer = await api.server.inject({
      method: "POST",
      url: "/-/profile?kind=disk",
      remoteAddress: "10.0.0.9",
      headers: { host: "localhost" },
    });

    expect([answer.statusCode, answer.json().code]).toEqual([401, "UNAUTHORIZED"]);
  });
});

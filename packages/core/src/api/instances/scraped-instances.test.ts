import { describe, expect, test } from "@jest/globals";
import type { SeriesSnapshot } from "../../model/series-snapshot.ts";
import { testApi } from "../testing/test-api.ts";

const SCRAPED = { name: "web-1", ip: "10.0.0.1", kind: "scrape" };
const IS_URL = "must be an http or https URL";

const SNAPSHOT: SeriesSnapshot = {
  layout: {
    version: 1,
    sections: [{ collector: "scrape", start: 0, end: 4 }],
    names: ["a_total", "b", "h_bucket", "up"],
    labels: ['path="/a\\"b\\n"', "", 'le="+Inf"', ""],
    families: [
      { name: "a_total", type: "counter", help: "A." },
      { name: "b", type: "untyped", help: "" },
      { name: "h", type: "histogram", help: "H." },
      { name: "up", type: "gauge", help: "Up." },
    ],
  },
  values: Float64Array.of(1.5, Number.NaN, Number.POSITIVE_INFINITY, 1),
  readAtMs: Date.UTC(2026, 0, 1),
};

describe("a scraped instance", () => {
  test("may have any target on a network, and none at all", async () => {
    await using api = await testApi();
    const targets = ["http://10.0.0.1:9100/metrics", "https://db.internal/metrics?collect[]=cpu", undefined];
    const answers = await Promise.all(
      targets.map((target, index) =>
        api.call("POST", "/instances", { body: { ...SCRAPED, name: `i-${index}`, target } }),
      ),
    );

    expect(answers.map(({ status, json }) => [status, json.target])).toEqual([
      [201, targets[0]],
      [201, targets[1]],
      [201, null],
    ]);
  });

  test.each([
    [{ target: "not a url" }, "/target", IS_URL],
    [{ target: "file:///etc/passwd" }, "/target", IS_URL],
    [{ target: "gopher://10.0.0.1/" }, "/target", IS_URL],
    [{ target: "http://user:secret@10.0.0.1/" }, "/target", "must be a URL without a user name and password"],
    [{ target: "http://10.0.0.1/#a" }, "/target", "must be a URL without a fragment"],
    [{ target: "http://169.254.169.254/" }, "/target", "is the address of a metadata service"],
    [{ target: "http://[::ffff:169.254.169.254]/" }, "/target", "is the address of a metadata service"],
    [{ target: "http://2852039166/" }, "/target", "is the address of a metadata service"],
    [{ target: "http://localhost:9100/" }, "/target", "TARGETS_ALLOW_LOOPBACK=true"],
    [{ ip: "127.0.0.1" }, "/ip", "TARGETS_ALLOW_LOOPBACK=true"],
    [{ ip: "0.0.0.0" }, "/ip", "is not the address of a machine"],
    [{ simulation: { seed: 1 } }, "/simulation", "not allowed for an instance of kind scrape"],
    [{ profile: "gone" }, "/profile", "must be a profile of the daemon's configuration, which has none"],
    [{ module: "http_2xx" }, "/module", "not allowed for an instance of kind scrape"],
    [{ kind: "simulated", profile: "a" }, "/profile", "not allowed for an instance of kind simulated"],
    [{ kind: "probe", module: "gone" }, "/module", "configuration: http_2xx, tcp_connect, tls_connect, icmp"],
    [{ kind: "probe", module: "constructor" }, "/module", "must be a module of"],
    [{ kind: "probe", module: "tcp_connect" }, "/target", "must be host:port"],
    [{ kind: "probe", module: "tcp_connect", target: "127.0.0.1:22" }, "/target", "TARGETS_ALLOW_LOOPBACK=true"],
    [{ kind: "probe", module: "icmp", target: "10.0.0.1:80" }, "/target", "without a port"],
    [{ kind: "probe", target: "10.0.0.1" }, "/target", IS_URL],
  ])("%j is refused, with the field", async (fields, where, message) => {
    await using api = await testApi();
    const { status, json } = await api.call("POST", "/instances", { body: { ...SCRAPED, ...fields } });

    expect([status, json.code]).toEqual([400, "REQUEST_INVALID"]);
    expect(json.errors).toEqual([{ pointer: where, detail: expect.stringContaining(message) }]);
    expect(JSON.stringify(json)).not.toContain("secret");
  });

  test("cannot be pointed elsewhere by a change, nor in bulk", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: SCRAPED });
    const changed = await api.call("PATCH", "/instances/1", { body: { target: "http://169.254.169.254/" } });
    const moved = await api.call("PATCH", "/instances/1", { body: { ip: "127.0.0.1" } });
    const fine = await api.call("PATCH", "/instances/1", { body: { target: "http://10.0.0.2/metrics" } });
    const bulk = await api.call("POST", "/instances/bulk", { body: [{ ...SCRAPED, name: "b", ip: "127.0.0.1" }] });

    expect([changed, moved, fine].map(({ status }) => status)).toEqual([400, 400, 200]);
    expect(bulk.json).toMatchObject({ created: 0, failed: 1 });
  });
});

describe("the series of an instance", () => {
  test("are served as JSON and as text, with what JSON has no number for as a text", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: SCRAPED });
    api.snapshots.record({ instanceId: 1, snapshot: SNAPSHOT });
    const { status, json } = await api.call("GET", "/api/v1/instances/1/series");
    const { headers, text } = await api.call("GET", "/api/v1/instances/1/series?format=prometheus");

    expect(status).toBe(200);
    expect(json).toEqual({
      instanceId: 1,
      name: "web-1",
      timestamp: "2026-01-01T00:00:00.000Z",
      families: [
        {
          name: "a_total",
          type: "counter",
          help: "A.",
          series: [{ name: "a_total", labels: { path: '/a"b\n' }, value: 1.5 }],
        },
        { name: "b", type: "untyped", help: "", series: [{ name: "b", labels: {}, value: "NaN" }] },
        {
          name: "h",
          type: "histogram",
          help: "H.",
          series: [{ name: "h_bucket", labels: { le: "+Inf" }, value: "+Inf" }],
        },
        { name: "up", type: "gauge", help: "Up.", series: [{ name: "up", labels: {}, value: 1 }] },
      ],
    });
    expect(headers["content-type"]).toBe("text/plain; version=0.0.4; charset=utf-8");
    expect(text).toBe(
      '# HELP a_total A.\n# TYPE a_total counter\na_total{path="/a\\"b\\n"} 1.5\n# TYPE b untyped\nb NaN\n' +
        '# HELP h H.\n# TYPE h histogram\nh_bucket{le="+Inf"} +Inf\n# HELP up Up.\n# TYPE up gauge\nup 1\n',
    );
  });

  test("are none for a simulated instance, and unknown before the first scrape", async () => {
    await using api = await testApi();
    await api.call("POST", "/instances", { body: { name: "s", ip: "10.0.0.1" } });
    await api.call("POST", "/instances", { body: SCRAPED });
    const simulated = await api.call("GET", "/api/v1/instances/1/series");
    const pending = await api.call("GET", "/api/v1/instances/2/series");
    const unknown = await api.call("GET", "/api/v1/instances/3/series");

    expect(simulated.json).toMatchObject({ instanceId: 1, timestamp: null, families: [] });
    expect([pending.status, pending.json.code]).toEqual([503, "SAMPLE_NOT_YET"]);
    expect(unknown.status).toBe(404);
  });
});

import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "@jest/globals";
import { CloudMonitorError } from "../../model/errors.ts";
import { expositionOf } from "../testing/exposition-of.ts";
import { testApi } from "../testing/test-api.ts";

const OPENMETRICS = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5";

describe("GET /metrics", () => {
  test("is text 0.0.4, literally, for a reader without wishes", async () => {
    await using api = await testApi();

    const { status, headers, text } = await api.call("GET", "/metrics");

    expect([status, headers["content-type"]]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8"]);
    expect(headers["vary"]).toBe("Accept, Accept-Encoding");
    expect(headers["content-encoding"]).toBeUndefined();
    expect(text).toMatch(/^# HELP cloud_monitor_a_sample_total .*\n# TYPE cloud_monitor_a_sample_total counter\n/);
  });

  test("is OpenMetrics 1.0, literally, for Prometheus", async () => {
    await using api = await testApi();

    const { headers, text } = await api.call("GET", "/metrics", { headers: { accept: OPENMETRICS } });

    expect(headers["content-type"]).toBe("application/openmetrics-text; version=1.0.0; charset=utf-8");
    expect(text).toMatch(/# EOF\n$/);
  });

  test("is the same text compressed if gzip is accepted", async () => {
    await using api = await testApi();

    const plain = await api.call("GET", "/metrics");
    const zipped = await api.call("GET", "/metrics", { headers: { "accept-encoding": "gzip" } });

    expect(zipped.headers["content-encoding"]).toBe("gzip");
    expect(gunzipSync(zipped.raw).toString()).toBe(plain.text);
  });

  test("responds to HEAD with headers only", async () => {
    await using api = await testApi();

    const { status, headers, text } = await api.call("HEAD", "/metrics");

    expect([status, headers["content-type"], text]).toEqual([200, "text/plain; version=0.0.4; charset=utf-8", ""]);
  });

  test("shows what collect[] names, and not what exclude[] names", async () => {
    await using api = await testApi();

    const all = await api.call("GET", "/metrics");
    const some = await api.call("GET", "/metrics?collect[]=fleet&collect[]=cpu");
    const others = await api.call("GET", "/metrics?exclude[]=daemon");

    expect(all.text).toContain("cloud_monitor_a_sample_total");
    expect(some.text).toContain("cloud_monitor_instances");
    expect(some.text).not.toContain("cloud_monitor_a_sample_total");
    expect(others.text).toBe(some.text);
  });

  test.each(["collect[]=toaster", "collect[]=cpu&exclude[]=fleet", "collect[]=", "exclude[]=a%00b"])(
    "refuses ?%s with 400",
    async (query) => {
      await using api = await testApi();

      const { status, headers } = await api.call("GET", `/metrics?${query}`);

      expect([status, headers["content-type"]]).toEqual([400, "application/problem+json; charset=utf-8"]);
    },
  );

  test("ignores parameters that it does not know", async () => {
    await using api = await testApi();

    expect((await api.call("GET", "/metrics?_=123")).status).toBe(200);
  });

  test("gets 503 with Retry-After beyond four concurrent renderings", async () => {
    await using api = await testApi({
      exposition: expositionOf(() => {
        throw new CloudMonitorError("TOO_BUSY", "as the limit has it");
      }),
    });

    const { status, headers, json } = await api.call("GET", "/metrics");

    expect([status, headers["retry-after"], json.code]).toEqual([503, "1", "TOO_BUSY"]);
  });
});

import { expect, test } from "@jest/globals";
import { testApi } from "../testing/test-api.ts";

test("the pages that have instances are targets with an instance label of their own", async () => {
  await using api = await testApi();
  expect((await api.call("GET", "/api/v1/sd/prometheus?role=pages")).json).toEqual([]);

  const bulk = Array.from({ length: 1_001 }, (_, index) => ({ name: `i-${index}`, ip: "10.0.0.1" }));
  await api.call("POST", "/instances/bulk", { body: bulk });
  const { status, headers, json } = await api.call("GET", "/api/v1/sd/prometheus?role=pages");
  const page = await api.call("GET", "/metrics/instances?page=1");

  expect([status, headers["content-type"]]).toEqual([200, "application/json; charset=utf-8"]);
  expect(json).toEqual([
    {
      targets: ["localhost:8080"],
      labels: { __metrics_path__: "/metrics/instances", __param_page: "1", instance: "localhost:8080/page-1" },
    },
  ]);
  expect(page.status).toBe(200);
});

test("what instances scrape is listed as Prometheus would scrape it", async () => {
  await using api = await testApi();
  const scrape = { kind: "scrape", ip: "10.0.0.5" };
  await api.call("POST", "/instances", { body: { ...scrape, name: "node", labels: { zone: "a" } } });
  const target = "https://shop.example.com/api/metrics?format=text&v=2";
  await api.call("POST", "/instances", { body: { ...scrape, name: "shop", target } });
  await api.call("POST", "/instances", { body: { name: "simulated", ip: "10.0.0.6" } });
  const { json } = await api.call("GET", "/api/v1/sd/prometheus?role=targets");

  const meta = { __meta_cloud_monitor_ip: "10.0.0.5", __meta_cloud_monitor_source: "api" };
  expect(json).toEqual([
    {
      targets: ["10.0.0.5:9100"],
      labels: {
        ...meta,
        __meta_cloud_monitor_id: "1",
        __scheme__: "http",
        __metrics_path__: "/metrics",
        name: "node",
        zone: "a",
      },
    },
    {
      targets: ["shop.example.com:443"],
      labels: {
        ...meta,
        __meta_cloud_monitor_id: "2",
        __scheme__: "https",
        __metrics_path__: "/api/metrics",
        __param_format: "text",
        __param_v: "2",
        name: "shop",
      },
    },
  ]);
});

test.each(["", "?role=nodes", "?page=1"])("%j has no role that is known", async (query) => {
  await using api = await testApi();

  expect((await api.call("GET", `/api/v1/sd/prometheus${query}`)).status).toBe(400);
});

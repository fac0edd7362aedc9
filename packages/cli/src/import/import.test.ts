import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { importedInstances } from "./imported-instances.ts";
import { readPrometheusConfig, secondsOf } from "./scrape-config.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloudctl-import-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function read(text: string) {
  const file = join(folder, "prometheus.yml");
  writeFileSync(file, text);
  const config = readPrometheusConfig(file);
  const { instances, leftOut } = importedInstances(config.targets);
  return { instances, leftOut: [...config.leftOut, ...leftOut] };
}

test("static targets and those of files become instances, with path, scheme, parameters, interval and labels", () => {
  mkdirSync(join(folder, "targets"));
  writeFileSync(join(folder, "targets/a.json"), '[{"targets": ["db-1:9187"], "labels": {"role": "db"}}]');
  writeFileSync(join(folder, "targets/b.yml"), "- targets: ['[fd00::1]:9187']\n");
  const { instances, leftOut } = read(`
global: { scrape_interval: 30s }
scrape_configs:
  - job_name: node
    static_configs:
      - targets: ["10.0.0.5:9100", "web.example.com:9100"]
        labels: { zone: fr-par-1 }
  - job_name: shop
    scheme: https
    metrics_path: /api/metrics
    params: { module: [a, b] }
    scrape_interval: 1m30s
    static_configs: [{ targets: ["shop.example.com"] }]
  - job_name: db
    file_sd_configs: [{ files: ["targets/*"] }]
`);

  expect(leftOut).toEqual([]);
  const kind = "scrape";
  expect(instances).toEqual([
    {
      name: "node/10.0.0.5:9100",
      ip: "10.0.0.5",
      kind,
      interval: 30,
      target: "http://10.0.0.5:9100/metrics",
      labels: { prometheus_job: "node", zone: "fr-par-1" },
    },
    {
      name: "node/web.example.com:9100",
      ip: "web.example.com",
      kind,
      interval: 30,
      target: "http://web.example.com:9100/metrics",
      labels: { prometheus_job: "node", zone: "fr-par-1" },
    },
    {
      name: "shop/shop.example.com",
      ip: "shop.example.com",
      kind,
      interval: 90,
      target: "https://shop.example.com/api/metrics?module=a&module=b",
      labels: { prometheus_job: "shop" },
    },
    {
      name: "db/db-1:9187",
      ip: "db-1",
      kind,
      interval: 30,
      target: "http://db-1:9187/metrics",
      labels: { prometheus_job: "db", role: "db" },
    },
    {
      name: "db/[fd00::1]:9187",
      ip: "fd00::1",
      kind,
      interval: 30,
      target: "http://[fd00::1]:9187/metrics",
      labels: { prometheus_job: "db" },
    },
  ]);
});

test("what cannot be carried over is listed by job", () => {
  const { leftOut } = read(`
scrape_config_files: [more/*.yml]
scrape_configs:
  - job_name: a
    relabel_configs: [{ source_labels: [x] }]
    metric_relabel_configs: [{ source_labels: [x] }]
    kubernetes_sd_configs: [{ role: pod }]
    basic_auth: { username: u }
    honor_labels: true
    file_sd_configs: [{ files: ["none/*.json"] }]
    static_configs:
      - targets: ["h:1", "h:1", "not a host"]
        labels: { job: other, Bad: x }
`);

  expect(leftOut).toEqual([
    "job a: relabel_configs: labels and targets are as they stand, not relabelled",
    "job a: metric_relabel_configs: labels and targets are as they stand, not relabelled",
    "job a: kubernetes_sd_configs: only static_configs and file_sd_configs are read",
    "job a: basic_auth: define a profile (TARGETS_FILE) and name it with --profile",
    "job a: honor_labels",
    "job a: no file is named none/*.json",
    "scrape_config_files: import those files one by one",
    "a/h:1: the label job",
    "a/h:1: the label Bad",
    "a/h:1: the same job and address again",
    "a/not a host: not a host is no host:port",
  ]);
});

test.each([
  ["- just a list\n", "is this a configuration of Prometheus?"],
  ["scrape_configs: [\n", "prometheus.yml:"],
  ["scrape_configs: [text]\n", "is this a configuration of Prometheus?"],
])("%j is refused", (text, message) => {
  expect(() => read(text)).toThrow(message);
});

test("a file that does not exist is named", () => {
  expect(() => readPrometheusConfig(join(folder, "gone.yml"))).toThrow("gone.yml: no such file");
});

test.each([
  ["15s", 15],
  ["1m30s", 90],
  ["500ms", 1],
  ["1w", 86_400],
  ["", null],
  ["5", null],
  [undefined, null],
])("the interval %j is %j seconds", (text, seconds) => {
  expect(secondsOf(text)).toBe(seconds);
});

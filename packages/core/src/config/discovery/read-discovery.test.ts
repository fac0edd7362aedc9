import { expect, test } from "@jest/globals";
import { loadInMemory, problemsInMemory } from "../testing/load-in-memory.ts";

/** `discovery.yaml` with this text, as given by DISCOVERY_FILE. */
const given = (text: string) => ({
  env: { DISCOVERY_FILE: "discovery.yaml", TARGETS_FILE: "targets.yaml" },
  files: { "discovery.yaml": text, "targets.yaml": "profiles: { shop: {} }\n" },
});

const where = (line: number) => `/work-folder/discovery.yaml:${line}`;

test("jobs have what is given, or the defaults of Prometheus", async () => {
  const { jobs } = await loadInMemory(
    given(`
scrape_configs:
  - job_name: all
    kind: probe
    module: http_2xx
    profile: shop
    scrape_interval: 1m30s
    scheme: https
    metrics_path: /x
    params: { a: [b, c] }
    static_configs: [{ targets: ["h:1"], labels: { zone: a } }]
    file_sd_configs: [{ files: ["t/*.json", /abs/x.yml] }]
    http_sd_configs: [{ url: "http://sd/t", profile: shop }, { url: "http://sd/u", refresh_interval: 2m }]
    consul_sd_configs: [{}, { server: "c:1", scheme: https, services: [a], tags: [b], datacenter: d, profile: shop }]
    etcd_sd_configs: [{ url: "http://e:2379", prefix: /t/ }]
    kubernetes_sd_configs: [{ role: pod, namespaces: { names: [n] }, selectors: [{ role: pod, label: "a=b" }] }]
    scaleway_sd_configs: [{ access_key: SCWX, profile: shop, zone: fr-par-1, tags_filter: [t] }]
    dns_sd_configs: [{ names: [_web._tcp.example.com] }, { names: [web], type: A, port: 80, refresh_interval: 10s }]
    relabel_configs: [{ source_labels: [a], target_label: b }, { action: hashmod, modulus: 4, target_label: c }]
  - job_name: none
`),
  );

  const consul = { services: [], tags: [], datacenter: null, refreshMs: 30_000 };
  const rule = { action: "replace", sourceLabels: [], separator: ";", regex: "(.*)", modulus: 0, replacement: "$1" };
  expect(jobs).toEqual([
    {
      name: "all",
      kind: "probe",
      module: "http_2xx",
      profile: "shop",
      intervalSeconds: 90,
      scheme: "https",
      metricsPath: "/x",
      params: { a: ["b", "c"] },
      finders: [
        { type: "static", groups: [{ targets: ["h:1"], labels: { zone: "a" } }] },
        { type: "file", files: ["/work-folder/t/*.json", "/abs/x.yml"], refreshMs: 2_000 },
        { type: "http", url: "http://sd/t", profile: "shop", refreshMs: 60_000 },
        { type: "http", url: "http://sd/u", profile: null, refreshMs: 120_000 },
        { type: "consul", url: "http://localhost:8500", profile: null, ...consul },
        {
          type: "consul",
          url: "https://c:1",
          profile: "shop",
          ...consul,
          services: ["a"],
          tags: ["b"],
          datacenter: "d",
        },
        {
          type: "kubernetes",
          url: "https://kubernetes.default.svc",
          profile: null,
          role: "pod",
          namespaces: ["n"],
          labelSelector: "a=b",
          fieldSelector: null,
        },
        {
          type: "scaleway",
          apiUrl: "https://api.scaleway.com",
          profile: "shop",
          accessKey: "SCWX",
          projectId: null,
          zone: "fr-par-1",
          nameFilter: null,
          tags: ["t"],
          tagSeparator: ",",
          port: 80,
          refreshMs: 60_000,
        },
        { type: "etcd", url: "http://e:2379", profile: null, prefix: "/t/" },
        { type: "dns", names: ["_web._tcp.example.com"], recordType: "SRV", port: null, refreshMs: 30_000 },
        { type: "dns", names: ["web"], recordType: "A", port: 80, refreshMs: 10_000 },
      ],
      relabelConfigs: [
        { ...rule, sourceLabels: ["a"], targetLabel: "b" },
        { ...rule, action: "hashmod", modulus: 4, targetLabel: "c" },
      ],
    },
    {
      name: "none",
      kind: "scrape",
      module: null,
      profile: null,
      intervalSeconds: null,
      scheme: "http",
      metricsPath: "/metrics",
      params: {},
      relabelConfigs: [],
      finders: [],
    },
  ]);
});

test.each([
  ["scrape_configs: [{ job_name: a }, { job_name: a }]", 1, "the job a again"],
  ["scrape_configs: [{ job_name: file }]", 1, '"file" is the source of INSTANCES_FILE'],
  ["scrape_configs:\n  - job_name: a\n    basic_auth: {}", 3, "not allowed here"],
  ["scrape_configs:\n  - job_name: a\n    module: icmp", 3, "only a job of kind probe has a module"],
  ["scrape_configs:\n  - job_name: a\n    profile: none", 3, "no profile is named none"],
  ["scrape_configs:\n  - job_name: a\n    http_sd_configs:\n      - { url: 'http://h', profile: p }", 4, "no profile"],
  [
    "scrape_configs:\n  - job_name: a\n    dns_sd_configs:\n      - { names: [x], type: A }",
    4,
    "A records need a port",
  ],
  ["scrape_configs:\n  - job_name: a\n    file_sd_configs:\n      - { files: [x.txt] }", 4, "must end with .json"],
  ["scrape_configs:\n  - job_name: a\n    relabel_configs:\n      - { regex: '(' , target_label: b}", 4, "RE2"],
  ["scrape_configs:\n  - job_name: a\n    relabel_configs:\n      - { action: lowercase }", 4, "needs a target_label"],
  [
    "scrape_configs:\n  - job_name: a\n    relabel_configs:\n      - { action: hashmod, target_label: x }",
    4,
    "modulus",
  ],
  ["scrape_configs:\n  - job_name: a\n    relabel_configs:\n      - { action: remove }", 4, "must be one of"],
  [
    "scrape_configs:\n  - job_name: a\n    kubernetes_sd_configs:\n      - { role: pod, selectors: [{role: node}] }",
    4,
    "role",
  ],
  [
    "scrape_configs:\n  - job_name: a\n    scaleway_sd_configs:\n      - { access_key: x, profile: p }",
    4,
    "no profile",
  ],
  ["scrape_configs:\n  - job_name: a\n    scrape_interval: soon", 3, "a duration such as 30s"],
  ["scrape_configs:\n  - job_name: a\n    scrape_interval: 0s", 3, "every 1s to 1d"],
  ["scrape_configs:\n  - job_name: a\n    scrape_interval: 1500ms", 3, "in whole seconds"],
  ["scrape_configs:\n  - job_name: a\n    scrape_interval: 2d", 3, "every 1s to 1d"],
  ["scrape_configs:\n  - job_name: a\n    profile: constructor", 3, "no profile is named"],
])("%j is refused at its line", async (text, line, message) => {
  const problems = await problemsInMemory(given(`${text}\n`));

  expect(problems).toEqual([{ where: where(line), message: expect.stringContaining(message) }]);
});

test("a file that does not exist is named", async () => {
  expect(await problemsInMemory({ env: { DISCOVERY_FILE: "discovery.yaml" }, files: {} })).toEqual([
    { where: "/work-folder/discovery.yaml", message: "no such file" },
  ]);
});

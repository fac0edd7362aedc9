import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { DiscoveredTargetList, DiscoverySourceList, InstanceList } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { TestPrometheus } from "../support/prometheus.ts";

const TIMEOUT_MS = 120_000;
const CORPUS = fileURLToPath(new URL("discovery-corpus.yml", import.meta.url));
/** Prometheus has them for each target; the daemon has an interval of its own. */
const OF_PROMETHEUS = new Set(["__scrape_interval__", "__scrape_timeout__"]);

/** Prometheus 2.42 reports the labels of these after relabelling as those before it; 3.5 does not. */
const RELABELLED_AT_ONCE: ReadonlySet<string> = new Set(
  process.env["PROMETHEUS"] === undefined ? ["replace", "hash", "labels", "labels-kept", "case", "address"] : [],
);

const GROUPS = [
  { targets: ["10.0.0.5:9100"], labels: { role: "web", zone: "fr-par-1", copy: "web", mixed: "MixedCase-Ä" } },
  { targets: ["web-1:9100", "WEB-2:9200"], labels: { role: "web", zone: "nl-ams-1", __meta_rack: "r1" } },
  { targets: ["db:9187"], labels: { role: "db", zone: "fr-par-2", text: "a\nb", copy: "web" } },
  { targets: ["10.0.0.7:9999"], labels: { zone: "fr-par-1" } },
  { targets: ["10.0.0.8:80"], labels: { role: "other", copy: "other", __meta_rack: "r2", __meta_filepath: "mine" } },
];
const server = createServer((_request, response) =>
  response
    .writeHead(200, { "content-type": "application/json; charset=utf-8" })
    .end(
      JSON.stringify([{ targets: ["10.1.0.1:443", "10.1.0.2:8443"], labels: { from: "url" } }, { targets: ["h:1"] }]),
    ),
);

let folder: string;
let prometheus: TestPrometheus;
let daemon: TestDaemon;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-discovery-"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  writeFileSync(join(folder, "targets.json"), JSON.stringify(GROUPS));
  writeFileSync(join(folder, "one.yml"), "- targets: [yaml:1]\n  labels: { a: b }\n");
  const config = readFileSync(CORPUS, "utf8")
    .replaceAll("FOLDER", folder)
    .replaceAll("URL", `http://127.0.0.1:${port}/targets`)
    .replace("# Read by Prometheus and by the daemon, whose targets must be equal. http", "# http");
  const file = join(folder, "discovery.yml");
  writeFileSync(file, config);
  prometheus = new TestPrometheus({ config });
  daemon = new TestDaemon({ env: { STORAGE: "memory", DISCOVERY_FILE: file, TARGETS_ALLOW_LOOPBACK: "true" } });
  await daemon.url();
}, TIMEOUT_MS);

afterAll(async () => {
  await daemon.dispose();
  await prometheus.dispose();
  server.close();
  rmSync(folder, { recursive: true });
});

/** In one order, with sorted labels. */
function sorted(targets: readonly object[]): string[] {
  return targets.map((target) => JSON.stringify(target, (_key, value: unknown) => inOrder(value))).sort();
}

function inOrder(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function discovered(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !OF_PROMETHEUS.has(name)));
}

test(
  "finds the targets that Prometheus finds in the same configuration, with the same labels and URLs",
  async () => {
    const { items: sources } = await daemon.json<DiscoverySourceList>("/api/v1/discovery");
    const theirs = await eventually(
      () => prometheus.targets(),
      ({ active }) => new Set(active.map(({ scrapePool }) => scrapePool)).size === sources.length,
    );
    const ours = await eventually(
      () =>
        Promise.all(sources.map(({ name }) => daemon.json<DiscoveredTargetList>(`/api/v1/discovery/${name}/targets`))),
      (lists) => lists.every(({ items }) => items.length > 0),
    );

    expect(sources.map(({ name }) => name)).toEqual(expect.arrayContaining(["plain", "replace", "hash", "address"]));
    sources.forEach(({ name }, index) => {
      const { items } = ours[index]!;
      const kept = items.filter(({ labels }) => labels !== null);
      const active = theirs.active.filter(({ scrapePool }) => scrapePool === name);
      expect({ name, targets: sorted(kept.map(({ labels, url }) => ({ labels, url }))) }).toEqual({
        name,
        targets: sorted(active.map(({ labels, scrapeUrl }) => ({ labels, url: scrapeUrl }))),
      });
      if (RELABELLED_AT_ONCE.has(name)) return;
      expect({ name, discovered: sorted(kept.map(({ discoveredLabels }) => discoveredLabels)) }).toEqual({
        name,
        discovered: sorted(active.map(({ discoveredLabels }) => discovered(discoveredLabels))),
      });
    });
    const dropped = ours.flatMap(({ items }) => items.filter(({ labels }) => labels === null));
    expect(sorted(dropped.map(({ discoveredLabels }) => discoveredLabels))).toEqual(
      sorted(theirs.dropped.map(discovered)),
    );
  },
  TIMEOUT_MS,
);

test(
  "each is an instance, with its job and address as its name, and its labels",
  async () => {
    const { items } = await eventually(
      () => daemon.json<InstanceList>("/api/v1/instances?limit=1000&kind=scrape"),
      ({ items: all }) =>
        all.some(({ name }) => name.startsWith("url/")) && all.some(({ name }) => name.startsWith("address/")),
    );
    const tested: unknown = await (await daemon.send("POST", "/api/v1/discovery/plain/test")).json();
    const named = (name: string) => items.find((instance) => instance.name === name);

    const unchanged = { added: 0, changed: 0, removed: 0, held: false, problems: [] };
    expect(tested).toEqual({ targets: 3, instances: 3, ...unchanged });
    expect(named("plain/[fd00::1]:9100")).toMatchObject({
      ip: "fd00::1",
      kind: "scrape",
      target: "http://[fd00::1]:9100/metrics",
      labels: { zone: "fr-par-1" },
      source: "discovery:plain",
    });
    expect(named("address/WEB-2:9200 /probe?target=WEB-2%3A9200&x=1")).toMatchObject({ ip: "10.9.9.9" });
    expect(named("url/10.1.0.1:443")).toMatchObject({
      target: "https://10.1.0.1:443/metrics",
      labels: { from: "url" },
    });
  },
  TIMEOUT_MS,
);

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect } from "@jest/globals";
import type { DiscoverySourceList, InstanceList } from "@cloud-monitor/client";
import { TestDaemon } from "../support/daemon.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { needs } from "../support/programs.ts";

const TIMEOUT_MS = 120_000;
const withEtcd = needs("etcd");

let folder: string;
let port: number;
let peerPort: number;
let etcd: ChildProcess | null = null;
let daemon: TestDaemon;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-etcd-"));
  [port, peerPort] = [await freePort(), await freePort()];
  const file = join(folder, "discovery.yml");
  writeFileSync(
    file,
    `scrape_configs:
  - job_name: web
    scrape_interval: 1d
    etcd_sd_configs: [{ url: "http://127.0.0.1:${port}", prefix: /web/ }]
    relabel_configs: [{ source_labels: [__meta_etcd_key], regex: "/web/(.*)", target_label: key }]
`,
  );
  startEtcd();
  const grace = { CLOUD_MONITOR_INSTANCES_REMOVAL_GRACE: "0s" };
  daemon = new TestDaemon({
    env: { STORAGE: "memory", DISCOVERY_FILE: file, TARGETS_ALLOW_LOOPBACK: "true", ...grace },
  });
  await daemon.url();
}, TIMEOUT_MS);

afterAll(async () => {
  await daemon?.dispose();
  if (etcd !== null) await endChild(etcd);
  rmSync(folder, { recursive: true, force: true });
});

function startEtcd(): void {
  const [client, peer] = [port, peerPort].map((each) => `http://127.0.0.1:${each}`);
  const urls = [`--listen-client-urls=${client}`, `--advertise-client-urls=${client}`];
  const peers = [
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
  ];
  etcd = spawn("etcd", [`--data-dir=${join(folder, "etcd")}`, ...urls, ...peers], { stdio: "ignore" });
  etcd.once("error", () => (etcd = null));
}

async function call(path: string, body: Readonly<Record<string, string>>): Promise<void> {
  await eventually(async () => {
    const encoded = Object.entries(body).map(([name, text]) => [name, Buffer.from(text).toString("base64")]);
    const request = { method: "POST", body: JSON.stringify(Object.fromEntries(encoded)) };
    return fetch(`http://127.0.0.1:${port}${path}`, request).then(
      ({ ok }) => ok,
      () => false,
    );
  });
}

const put = (key: string, value: string) => call("/v3/kv/put", { key, value });
const remove = (key: string) => call("/v3/kv/deleterange", { key });

function instancesWhen(isGood: (names: readonly string[]) => boolean) {
  return eventually(
    async () => (await daemon.json<InstanceList>("/api/v1/instances?kind=scrape&sort=name")).items,
    (items) => isGood(items.map(({ name }) => name)),
  );
}

const sources = async () => (await daemon.json<DiscoverySourceList>("/api/v1/discovery")).items;

withEtcd(
  "targets in etcd are followed: found, changed, removed, and kept while it is away",
  async () => {
    await put("/web/a", "127.0.0.1:9");
    await put("/web/b", '{"targets":["127.0.0.2:9","127.0.0.3:9"],"labels":{"zone":"fr"}}');
    await put("/wec", "127.0.0.9:9");
    const found = await instancesWhen((names) => names.length === 3);
    await put("/web/b", '{"targets":["127.0.0.2:9"],"labels":{"zone":"nl"}}');
    await remove("/web/a");
    const changed = await instancesWhen((names) => names.length === 1);

    await endChild(etcd!);
    const away = await eventually(sources, ([source]) => source!.problems.length > 0);
    const kept = await instancesWhen(() => true);
    startEtcd();
    await put("/web/c", "127.0.0.4:9");
    const again = await instancesWhen((names) => names.includes("web/127.0.0.4:9"));
    const back = await eventually(sources, ([source]) => source!.problems.length === 0);

    expect(found.map(({ labels, name }) => [name, labels])).toEqual([
      ["web/127.0.0.1:9", { key: "a" }],
      ["web/127.0.0.2:9", { key: "b", zone: "fr" }],
      ["web/127.0.0.3:9", { key: "b", zone: "fr" }],
    ]);
    expect(changed.map(({ id, labels, name }) => [id, name, labels])).toEqual([
      [found[1]!.id, "web/127.0.0.2:9", { key: "b", zone: "nl" }],
    ]);
    expect(away[0]!.problems[0]).toMatch(/^etcd at http:\/\/127\.0\.0\.1:\d+, \/web\/: /);
    expect(kept.map(({ name }) => name)).toEqual(["web/127.0.0.2:9"]);
    expect(again.map(({ name }) => name)).toEqual(["web/127.0.0.2:9", "web/127.0.0.4:9"]);
    expect(back[0]).toMatchObject({ name: "web", instances: 2 });
  },
  TIMEOUT_MS,
);

withEtcd(
  "a key whose value is no target changes nothing, and is named",
  async () => {
    const before = (await instancesWhen(() => true)).length;
    await put("/web/bad", '{"target":[]}');
    const [broken] = await eventually(sources, ([source]) => source!.problems.length > 0);
    const kept = (await instancesWhen(() => true)).length;
    await remove("/web/bad");
    const [mended] = await eventually(sources, ([source]) => source!.problems.length === 0);

    expect(broken!.problems[0]).toContain("the key /web/bad: group 1: unknown key; wanted targets and labels");
    expect(kept).toBe(before);
    expect(mended!.instances).toBe(before);
  },
  TIMEOUT_MS,
);

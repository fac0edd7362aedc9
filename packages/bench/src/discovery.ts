import { createClient } from "@cloud-monitor/client";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { freePort } from "./support/service.ts";
import { median } from "./support/median.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { processesIn } from "./support/processes-in.ts";
import { report, skip } from "./support/report.ts";

/**
 * Many targets in one answer of an `http_sd`: what it costs to find, relabel, add and store them, and then to find that
 * nothing, 1 % or all of them have changed, in processor time of the daemon and its private PostgreSQL. Nothing listens at
 * the targets, and each is collected once an hour. `SHAPE=one-group` lists all addresses in one group.
 */
const TARGETS = Number(process.env["TARGETS"] ?? 100_000);
const IS_ONE_GROUP = process.env["SHAPE"] === "one-group";
const REFRESH_S = 5;
/** In which each change is found, applied and stored. */
const WINDOW_MS = 20_000;
const ADDED_WITHIN_MS = 180_000;
const ROUNDS = 3;

/** How often each target has changed. */
const versions = new Uint32Array(TARGETS);
const port = await freePort();
const closedPort = await freePort();
let answer = list();
const server = createServer((_, response) => response.setHeader("content-type", "application/json").end(answer));
await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-discovery-"));
try {
  if (daemonBuilt()) await measure();
  else skip("cloud-monitor", DAEMON_NEEDS);
} finally {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const config = join(folder, "discovery.yml");
  writeFileSync(
    config,
    `scrape_configs:
- job_name: many
  scrape_interval: 1h
  http_sd_configs: [{url: "http://127.0.0.1:${port}/", refresh_interval: ${REFRESH_S}s}]
  relabel_configs:
  - {source_labels: [__address__], regex: "(.+):.+", target_label: host}
  - {source_labels: [version], target_label: release, replacement: "v$1"}
  - {regex: version, action: labeldrop}
`,
  );
  const stateDir = join(folder, "state");
  const startedMs = performance.now();
  const daemon = await startDaemon({
    STORAGE: "postgres",
    STATE_DIR: stateDir,
    DISCOVERY_FILE: config,
    TARGETS_ALLOW_LOOPBACK: "true",
  });
  try {
    const pids = () => [daemon.pid, ...processesIn(stateDir).filter((pid) => pid !== daemon.pid)];
    const cpu = () => pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    await added(daemon.url);
    const addedS = (performance.now() - startedMs) / 1000;
    await sleep(WINDOW_MS);
    const first = cpu();
    const costOf = async (share: number): Promise<number> => {
      change(share);
      const before = cpu();
      await sleep(WINDOW_MS);
      return cpu() - before;
    };
    const rests: number[] = [];
    const few: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      rests.push(await costOf(0));
      few.push(await costOf(0.01));
    }
    const rest = median(rests);
    const all = (await costOf(1)) - rest;
    const share = (seconds: number) => `${((seconds / first) * 100).toFixed(2)} %`;
    report(
      `${TARGETS} targets in one answer of ${(answer.length / 1e6).toFixed(1)} MB, ${IS_ONE_GROUP ? "one group" : "a group each"}; added after ${addedS.toFixed(1)} s`,
      ["", "CPU, s", "of the first"],
      [
        ["found, added, stored, collected once", first, "100 %"],
        ["1 % changed", median(few) - rest, share(median(few) - rest)],
        ["all changed", all, share(all)],
        [`nothing changed, read every ${REFRESH_S} s, for ${WINDOW_MS / 1000} s`, rest, share(rest)],
      ],
    );
    console.log(`resident: ${residentMiB(daemon.pid).toFixed(0)} MiB, at most ${peakMiB(daemon.pid).toFixed(0)} MiB`);
  } finally {
    await daemon.stop();
  }
}

function list(): Buffer {
  const targets = Array.from(versions, (version, index) => ({
    host: `127.${1 + (index >> 16)}.${(index >> 8) & 255}.${index & 255}`,
    version,
  }));
  const groups = IS_ONE_GROUP
    ? // A target that changes is another one.
      [{ targets: targets.map(({ host, version }) => `${host}:${closedPort + version}`), labels: { version: "0" } }]
    : targets.map(({ host, version }) => ({
        targets: [`${host}:${closedPort}`],
        labels: { version: String(version) },
      }));
  return Buffer.from(JSON.stringify(groups));
}

/** Targets that change lie scattered. */
function change(share: number): void {
  if (share === 0) return;
  for (let index = 0; index < TARGETS; index += 1 / share) versions[Math.floor(index)]!++;
  answer = list();
}

async function added(url: string): Promise<void> {
  const client = createClient({ url });
  const endMs = performance.now() + ADDED_WITHIN_MS;
  for (;;) {
    const { items } = await client.discovery();
    if (items[0]?.instances === TARGETS) return client.close();
    if (performance.now() > endMs)
      throw new Error(`not added within ${ADDED_WITHIN_MS / 1000} s: ${JSON.stringify(items)}`);
    await sleep(200);
  }
}

function peakMiB(pid: number): number {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
}

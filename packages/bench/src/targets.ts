import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { findProgram } from "./support/find-program.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { processesIn } from "./support/processes-in.ts";
import { report, skip } from "./support/report.ts";
import { freePort, startService } from "./support/service.ts";
import type { ServiceCommand } from "./support/service.ts";

/**
 * Scraping many targets at 5 s: CPU per sample of the daemon with its private PostgreSQL, compared with Prometheus with its
 * own storage and with vmagent, which sends everything to a sink that throws it away. One after the other, on the same farm.
 *
 * They do not keep the same: the daemon stores 17 core metrics of each target and keeps the latest of all series, Prometheus
 * stores all series, vmagent none. `PROMETHEUS` and `VMAGENT` name other programs than those in PATH.
 */
const TARGETS = Number(process.env["TARGETS"] ?? 500);
const SERIES = 507;
const INTERVAL_S = 5;
const SETTLE_MS = 25_000;
const MEASURE_MS = 40_000;
const FARM = fileURLToPath(new URL("support/target-farm.ts", import.meta.url));

interface Contender {
  readonly name: string;
  /** Processes whose CPU time counts. */
  pids(): readonly number[];
  stop(): Promise<void>;
}

const port = await freePort();
const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-targets-"));
const farm = fork(FARM, [port, TARGETS, SERIES].map(String), { execArgv: [] });
await once(farm, "message");
try {
  const rows: (string | number)[][] = [];
  for (const start of [daemonContender, prometheusContender, vmagentContender]) {
    const contender = await start();
    if (contender !== null) rows.push(await measure(contender));
  }
  report(
    `${TARGETS} targets of ${SERIES} series, every ${INTERVAL_S} s, ${MEASURE_MS / 1000} s after ${SETTLE_MS / 1000} s`,
    ["", "samples/s", "CPU, cores", "samples/s per core", "resident, MiB"],
    rows,
  );
} finally {
  farm.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(contender: Contender): Promise<(string | number)[]> {
  const { name } = contender;
  const pids = () => contender.pids();
  try {
    await sleep(SETTLE_MS);
    const total = () => pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
    const [startMs, startCpu, startRequests] = [performance.now(), total(), await requestsOf(farm)];
    await sleep(MEASURE_MS);
    const seconds = (performance.now() - startMs) / 1000;
    const cores = (total() - startCpu) / seconds;
    const samples = (((await requestsOf(farm)) - startRequests) * SERIES) / seconds;
    return [name, samples, cores, samples / cores, pids().reduce((sum, pid) => sum + residentMiB(pid), 0)];
  } finally {
    await contender.stop();
  }
}

async function requestsOf(child: ChildProcess): Promise<number> {
  child.send("count");
  const [count] = (await once(child, "message")) as [number];
  return count;
}

async function daemonContender(): Promise<Contender | null> {
  if (!daemonBuilt()) {
    skip("cloud-monitor", DAEMON_NEEDS);
    return null;
  }
  const stateDir = join(folder, "state");
  const daemon = await startDaemon({ STORAGE: "postgres", STATE_DIR: stateDir, TARGETS_ALLOW_LOOPBACK: "true" });
  const instances = addresses().map((ip, index) => ({
    name: `target-${index}`,
    ip,
    kind: "scrape",
    interval: INTERVAL_S,
    target: `http://${ip}:${port}/metrics`,
  }));
  const response = await fetch(`${daemon.url}/instances/bulk`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(instances),
  });
  const { created } = (await response.json()) as { created: number };
  if (created !== TARGETS) throw new Error(`the daemon took ${created} of ${TARGETS} targets`);
  return {
    name: "cloud-monitor, PostgreSQL included",
    pids: () => [daemon.pid, ...processesIn(stateDir).filter((pid) => pid !== daemon.pid)],
    stop: () => daemon.stop(),
  };
}

async function prometheusContender(): Promise<Contender | null> {
  const program = process.env["PROMETHEUS"] ?? findProgram("prometheus");
  if (program === null) {
    skip("Prometheus", "Debian's package prometheus");
    return null;
  }
  const listen = await freePort();
  const config = scrapeConfig("prometheus.yml");
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(folder, "tsdb")}`,
    `--web.listen-address=127.0.0.1:${listen}`,
  ];
  return contenderOf("Prometheus", listen, { file: program, args });
}

async function vmagentContender(): Promise<Contender | null> {
  const program = process.env["VMAGENT"] ?? findProgram("vmagent");
  if (program === null) {
    skip("vmagent", "Debian's package victoria-metrics");
    return null;
  }
  const listen = await freePort();
  const args = [
    `-promscrape.config=${scrapeConfig("vmagent.yml")}`,
    `-remoteWrite.url=http://127.1.0.1:${port}/write`,
    `-remoteWrite.tmpDataPath=${join(folder, "vmagent")}`,
    `-httpListenAddr=127.0.0.1:${listen}`,
  ];
  return contenderOf("vmagent, to a discarding sink", listen, { file: program, args });
}

async function contenderOf(
  name: string,
  listen: number,
  command: Pick<ServiceCommand, "file" | "args">,
): Promise<Contender> {
  const service = await startService({ ...command, url: `http://127.0.0.1:${listen}/metrics` });
  return { name, pids: () => [service.pid], stop: () => service.stop() };
}

function scrapeConfig(name: string): string {
  const path = join(folder, name);
  const targets = JSON.stringify(addresses().map((ip) => `${ip}:${port}`));
  writeFileSync(
    path,
    `global: {scrape_interval: ${INTERVAL_S}s}\nscrape_configs:\n- {job_name: farm, static_configs: [{targets: ${targets}}]}\n`,
  );
  return path;
}

function addresses(): readonly string[] {
  return Array.from({ length: TARGETS }, (_, index) => `127.1.${Math.floor(index / 250)}.${(index % 250) + 1}`);
}

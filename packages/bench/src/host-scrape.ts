import { freePort, startService } from "./support/service.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { findProgram } from "./support/find-program.ts";
import { load, SCRAPE_HEADERS } from "./support/http-load.ts";
import { median } from "./support/median.ts";
import { report, skip } from "./support/report.ts";

/**
 * One scrape of this host: processor time of a fresh one, and requests a second while the values are fresh enough to be
 * served again, against node_exporter with the same collectors. Both are asked as Prometheus asks.
 */
const ROUNDS = 5;
const SCRAPES = 300;
const CONNECTIONS = 8;
const LOAD_MS = 3_000;
/** node_exporter's names of what the daemon reads. It also shows nothing of itself here; the daemon does. */
const COLLECTORS = ["cpu", "meminfo", "loadavg", "stat", "diskstats", "netdev", "filesystem", "uname", "time"];

interface Contender {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

interface Figures {
  readonly series: number;
  readonly cpuMs: number;
  readonly requestsPerSecond: number;
  readonly residentMiB: number;
}

const ours = await measureDaemon();
const peer = await measureExporter();
if (ours !== null || peer !== null) {
  report(
    `A scrape of this host, ${ROUNDS} rounds of ${SCRAPES} scrapes and of ${LOAD_MS / 1000} s over ${CONNECTIONS} connections`,
    ["", "series", "CPU of a fresh scrape, ms", "requests/s (daemon: from its cache)", "resident, MiB"],
    [
      ...(ours === null ? [] : [row("cloud-monitor", ours)]),
      ...(peer === null ? [] : [row("node_exporter", peer)]),
      ...(ours === null || peer === null ? [] : [ratio(ours, peer)]),
    ],
  );
}

async function measureDaemon(): Promise<Figures | null> {
  if (!daemonBuilt()) {
    skip("cloud-monitor", DAEMON_NEEDS);
    return null;
  }
  const fresh = await measure(() => startDaemon({ METRICS_CACHE_TTL: "0" }));
  const cached = await measure(() => startDaemon());
  return { ...fresh, requestsPerSecond: cached.requestsPerSecond };
}

async function measureExporter(): Promise<Figures | null> {
  const file = findProgram("prometheus-node-exporter") ?? findProgram("node_exporter");
  if (file === null) {
    skip("node_exporter", "Debian's package prometheus-node-exporter");
    return null;
  }
  return measure(() => startExporter(file));
}

async function measure(start: () => Promise<Contender>): Promise<Figures> {
  const contender = await start();
  try {
    const url = new URL("/metrics", contender.url);
    const text = await (await fetch(url)).text();
    const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
    const cpu: number[] = [];
    const rate: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const cpuMs = await cpuOfScrape(contender.pid, url);
      const { requests, seconds } = await load(url, CONNECTIONS, LOAD_MS);
      // Round 0 warms caches and the just-in-time compiler.
      if (round === 0) continue;
      cpu.push(cpuMs);
      rate.push(requests / seconds);
    }
    return {
      series,
      cpuMs: median(cpu),
      requestsPerSecond: median(rate),
      residentMiB: residentMiB(contender.pid),
    };
  } finally {
    await contender.stop();
  }
}

async function cpuOfScrape(pid: number, url: URL): Promise<number> {
  const before = cpuSeconds(pid);
  for (let scrape = 0; scrape < SCRAPES; scrape++) {
    const response = await fetch(url, { headers: SCRAPE_HEADERS });
    await response.arrayBuffer();
  }
  return ((cpuSeconds(pid) - before) * 1000) / SCRAPES;
}

async function startExporter(file: string): Promise<Contender> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = await startService({
    file,
    args: [
      `--web.listen-address=127.0.0.1:${port}`,
      "--web.disable-exporter-metrics",
      "--collector.disable-defaults",
      ...COLLECTORS.map((name) => `--collector.${name}`),
    ],
    url: `${url}/metrics`,
  });
  return { ...service, url };
}

function row(name: string, figures: Figures): (string | number)[] {
  return [name, figures.series, figures.cpuMs, figures.requestsPerSecond, figures.residentMiB];
}

function ratio(mine: Figures, theirs: Figures): string[] {
  const keys = ["cpuMs", "requestsPerSecond", "residentMiB"] as const;
  return ["ratio", "", ...keys.map((key) => `${(mine[key] / theirs[key]).toFixed(2)}x`)];
}

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
/** The daemon answers 503 to more at once. */
const CONNECTIONS = 4;
const LOAD_MS = 3_000;
/** node_exporter's names of what the daemon reads. Both also show metrics of themselves. */
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
  const fresh = await using(() => startDaemon({ METRICS_CACHE_TTL: "0ms" }), measureFresh);
  return { ...fresh, requestsPerSecond: await using(() => startDaemon(), measureRate) };
}

async function measureExporter(): Promise<Figures | null> {
  const file = findProgram("prometheus-node-exporter") ?? findProgram("node_exporter");
  if (file === null) {
    skip("node_exporter", "Debian's package prometheus-node-exporter");
    return null;
  }
  const fresh = await using(() => startExporter(file), measureFresh);
  return { ...fresh, requestsPerSecond: await using(() => startExporter(file), measureRate) };
}

async function using<T>(start: () => Promise<Contender>, measure: (contender: Contender) => Promise<T>): Promise<T> {
  const contender = await start();
  try {
    return await measure(contender);
  } finally {
    await contender.stop();
  }
}

async function measureFresh({ pid, url }: Contender): Promise<Omit<Figures, "requestsPerSecond">> {
  const page = new URL("/metrics", url);
  const text = await (await fetch(page)).text();
  const series = text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
  // The first round warms caches and the just-in-time compiler.
  await cpuOfScrape(pid, page);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await cpuOfScrape(pid, page));
  return { series, cpuMs: median(rounds), residentMiB: residentMiB(pid) };
}

async function measureRate({ url }: Contender): Promise<number> {
  const page = new URL("/metrics", url);
  await load(page, CONNECTIONS, LOAD_MS);
  const rounds: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const { requests, seconds } = await load(page, CONNECTIONS, LOAD_MS);
    rounds.push(requests / seconds);
  }
  return median(rounds);
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

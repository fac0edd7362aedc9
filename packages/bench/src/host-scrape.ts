import { freePort, startService } from "./support/service.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { findProgram } from "./support/find-program.ts";
import { load, SCRAPE_HEADERS } from "./support/http-load.ts";
import { median } from "./support/median.ts";
import { report, skip } from "./support/report.ts";

/**
 * One scrape of this host: CPU time of a fresh one, and requests per second while the values are fresh enough to be served
 * again, compared with node_exporter with the same collectors.
 *
 * Both run at the same time and are scraped in alternation, by the same client, with the headers of Prometheus, gzip
 * included. "same collectors" requests only these collectors by `collect[]`, of node_exporter without metrics about itself;
 * "whole page" requests everything, and the daemon has more metrics about itself.
 */
const ROUNDS = 5;
const SCRAPES = 400;
/** Warm-up scrapes, for caches and the just-in-time compiler, which needs some hundred. */
const WARM_SCRAPES = 2_000;
const CONNECTIONS = 4;
const LOAD_MS = 3_000;
/** The collectors that both enable by default. */
const COLLECTORS = [
  "arp bonding conntrack cpu cpufreq diskstats dmi entropy filefd filesystem hwmon loadavg mdadm meminfo netclass",
  "netdev netstat os powersupplyclass pressure schedstat sockstat softnet stat textfile thermal_zone time timex",
  "udp_queues uname vmstat",
].flatMap((names) => names.split(" "));
const PAGES = [
  {
    page: "same collectors",
    path: `/metrics?${COLLECTORS.map((name) => `collect[]=${name}`).join("&")}`,
    exporterArgs: ["--web.disable-exporter-metrics"],
  },
  { page: "whole page", path: "/metrics", exporterArgs: [] },
] as const;

interface Contender {
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

interface Figures {
  readonly series: number;
  readonly cpuMs: number;
  /** Of one fresh scrape, milliseconds: the time that the client waits for the whole response. */
  readonly latencyP50Ms: number;
  readonly latencyP99Ms: number;
  readonly requestsPerSecond: number;
  readonly residentMiB: number;
}

const COLUMNS = ["cpuMs", "latencyP50Ms", "latencyP99Ms", "requestsPerSecond", "residentMiB"] as const;

type Starter = (env: Readonly<Record<string, string>>) => Promise<Contender>;

const exporter = findProgram("prometheus-node-exporter") ?? findProgram("node_exporter");
if (!daemonBuilt()) skip("cloud-monitor", DAEMON_NEEDS);
else if (exporter === null) skip("node_exporter", "Debian's package prometheus-node-exporter");
else await compare(exporter);

async function compare(exporterFile: string): Promise<void> {
  const rows: (string | number)[][] = [];
  for (const { page, path, exporterArgs } of PAGES) {
    const starters = [startDaemon, () => startExporter(exporterFile, exporterArgs)];
    const fresh = await inTurns(starters, { METRICS_CACHE_TTL: "0ms" }, (contenders) => freshScrapes(contenders, path));
    const rates = await inTurns(starters, {}, (contenders) => requestRates(contenders, path));
    const [mine, theirs] = fresh.map((one, index): Figures => ({ ...one, requestsPerSecond: rates[index]! }));
    rows.push(row("cloud-monitor", page, mine!), row("node_exporter", page, theirs!), ratio(page, mine!, theirs!));
  }
  report(
    `A scrape of this host, ${ROUNDS} rounds of ${SCRAPES} scrapes and of ${LOAD_MS / 1000} s over ${CONNECTIONS} connections`,
    [
      "",
      "asked for",
      "series",
      "CPU of a fresh scrape, ms",
      "its p50, ms",
      "its p99, ms",
      "requests/s (daemon: from its cache)",
      "resident after it, MiB",
    ],
    rows,
  );
}

/** Starts all, measures, stops all; only the daemon reads `env`. */
async function inTurns<T>(
  starters: readonly Starter[],
  env: Readonly<Record<string, string>>,
  work: (contenders: readonly Contender[]) => Promise<T>,
): Promise<T> {
  const contenders: Contender[] = [];
  try {
    for (const start of starters) contenders.push(await start(env));
    return await work(contenders);
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

async function freshScrapes(contenders: readonly Contender[], path: string) {
  for (const { url } of contenders) await scrape(new URL(path, url), WARM_SCRAPES);
  const rounds = contenders.map(() => [] as number[]);
  const latencies = contenders.map(() => [] as number[]);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, { pid, url }] of contenders.entries()) {
      const before = cpuSeconds(pid);
      latencies[index]!.push(...(await scrape(new URL(path, url), SCRAPES)));
      rounds[index]!.push(((cpuSeconds(pid) - before) * 1000) / SCRAPES);
    }
  }
  return Promise.all(
    contenders.map(async ({ pid, url }, index) => ({
      series: await seriesOf(new URL(path, url)),
      cpuMs: median(rounds[index]!),
      latencyP50Ms: quantile(latencies[index]!, 0.5),
      latencyP99Ms: quantile(latencies[index]!, 0.99),
      residentMiB: residentMiB(pid),
    })),
  );
}

async function requestRates(contenders: readonly Contender[], path: string): Promise<number[]> {
  const rounds = contenders.map(() => [] as number[]);
  // Round 0 is the warm-up.
  for (let round = 0; round <= ROUNDS; round++) {
    for (const [index, { url }] of contenders.entries()) {
      const { requests, seconds } = await load(new URL(path, url), CONNECTIONS, LOAD_MS);
      if (round > 0) rounds[index]!.push(requests / seconds);
    }
  }
  return rounds.map(median);
}

async function seriesOf(url: URL): Promise<number> {
  const text = await (await fetch(url)).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#")).length;
}

/** The time of each scrape, milliseconds. */
async function scrape(url: URL, times: number): Promise<number[]> {
  const latencies: number[] = [];
  for (let done = 0; done < times; done++) {
    const startMs = performance.now();
    const response = await fetch(url, { headers: SCRAPE_HEADERS });
    await response.arrayBuffer();
    latencies.push(performance.now() - startMs);
  }
  return latencies;
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;
}

async function startExporter(file: string, args: readonly string[]): Promise<Contender> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const service = await startService({
    file,
    args: [
      `--web.listen-address=127.0.0.1:${port}`,
      "--collector.disable-defaults",
      ...COLLECTORS.map((name) => `--collector.${name}`),
      ...args,
    ],
    url: `${url}/metrics`,
  });
  return { ...service, url };
}

function row(name: string, page: string, figures: Figures): (string | number)[] {
  return [name, page, figures.series, ...COLUMNS.map((key) => figures[key])];
}

function ratio(page: string, mine: Figures, theirs: Figures): string[] {
  return ["ratio", page, "", ...COLUMNS.map((key) => `${(mine[key] / theirs[key]).toFixed(2)}x`)];
}

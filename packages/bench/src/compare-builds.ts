import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { createClient } from "@cloud-monitor/client";
import { startDaemon } from "./support/daemon.ts";
import type { BenchDaemon } from "./support/daemon.ts";
import { SCRAPE_HEADERS } from "./support/http-load.ts";
import { median } from "./support/median.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { report } from "./support/report.ts";
import { runToEnd } from "./support/run-to-end.ts";

/**
 * This checkout against another one, both bundled: did anything get slower? Alternating runs, medians, ratios. Each
 * checkout measures its own ingest with its own `ingest.ts`; all else is asked of its bundled daemon by the same client.
 */
const { values } = parseArgs({
  options: {
    before: { type: "string" },
    rounds: { type: "string", default: "5" },
    "fleet-seconds": { type: "string", default: "30" },
  },
});
const ROUNDS = Number(values.rounds);
const FLEET = { instances: 20_000, interval: 5, bulk: 5_000, seconds: Number(values["fleet-seconds"]) };
const WARM_SCRAPES = 2_000;
const SCRAPES = 1_000;
const IDLE = { settleMs: 60_000, scrapeEveryMs: 15_000 };

/** Every figure, and whether a larger one is better. */
const FIGURES = {
  "CPU of a fresh scrape, ms": "smaller",
  "resident when idle, MiB": "smaller",
  "ingest, rows/s": "larger",
  "20,000 instances at 5 s: CPU, % of a core": "smaller",
  "20,000 instances at 5 s: resident, MiB": "smaller",
  "20,000 instances at 5 s: rows later than a slot, %": "smaller",
} as const;
type Figures = Readonly<Record<keyof typeof FIGURES, number>>;

const after = fileURLToPath(new URL("../../..", import.meta.url));
if (values.before === undefined || !existsSync(bundleOf(resolve(values.before)))) {
  console.log("compare-builds: wanted --before <another checkout, bundled with `node scripts/run.mjs build`>");
} else {
  await compare([
    ["before", resolve(values.before)],
    ["after", after],
  ]);
}

async function compare(builds: readonly (readonly ["before" | "after", string])[]): Promise<void> {
  const all = { before: [] as Figures[], after: [] as Figures[] };
  for (let round = 0; round < ROUNDS; round++) {
    // The one that goes first changes from round to round.
    for (const [label, root] of round % 2 === 0 ? builds : builds.toReversed()) all[label].push(await measure(root));
    print(all, `after ${round + 1} of ${ROUNDS} rounds`);
  }
}

async function measure(root: string): Promise<Figures> {
  const scrapeMs = await freshScrapeMs(root);
  const residentIdle = await idleMiB(root);
  const ingest = await ingestRate(root);
  const fleet = await fleetCost(root);
  return {
    "CPU of a fresh scrape, ms": scrapeMs,
    "resident when idle, MiB": residentIdle,
    "ingest, rows/s": ingest,
    "20,000 instances at 5 s: CPU, % of a core": fleet.cpuPercent,
    "20,000 instances at 5 s: resident, MiB": fleet.residentMiB,
    "20,000 instances at 5 s: rows later than a slot, %": fleet.latePercent,
  };
}

function print(all: { before: readonly Figures[]; after: readonly Figures[] }, when: string): void {
  const rows = (Object.keys(FIGURES) as (keyof Figures)[]).map((name) => {
    const [before, now] = [all.before.map((figures) => figures[name]), all.after.map((figures) => figures[name])];
    const ratio = `${(median(now) / median(before)).toFixed(3)}x (${FIGURES[name]} is better)`;
    return [name, median(before), median(now), ratio, list(before), list(now)];
  });
  const header = ["what", "before", "after", "after / before", "all before", "all after"];
  report(`Two builds, ${when}, medians`, header, rows);
}

const list = (numbers: readonly number[]): string => numbers.map((value) => value.toPrecision(3)).join(" ");

async function freshScrapeMs(root: string): Promise<number> {
  return withDaemon(root, { METRICS_CACHE_TTL: "0ms" }, async ({ pid, url }) => {
    await scrape(url, WARM_SCRAPES);
    const before = cpuSeconds(pid);
    await scrape(url, SCRAPES);
    return ((cpuSeconds(pid) - before) * 1000) / SCRAPES;
  });
}

/** Memory storage, a minute after the start, scraped as Prometheus does by default. */
async function idleMiB(root: string): Promise<number> {
  return withDaemon(root, {}, async ({ pid, url }) => {
    for (let waitedMs = 0; waitedMs < IDLE.settleMs; waitedMs += IDLE.scrapeEveryMs) {
      await scrape(url, 1);
      await sleep(IDLE.scrapeEveryMs);
    }
    return residentMiB(pid);
  });
}

async function ingestRate(root: string): Promise<number> {
  const out = await runToEnd(process.execPath, ["--conditions=source", join(root, "packages/bench/src/ingest.ts")]);
  const cell = /^\| PostgresStorage\.write \| ([\d,]+) \|/m.exec(out)?.[1];
  if (cell === undefined) throw new Error(`ingest.ts of ${root} printed no figure:\n${out}`);
  return Number(cell.replaceAll(",", ""));
}

async function fleetCost(root: string) {
  return withDaemon(root, { STORAGE: "postgres" }, async ({ pid, url }) => {
    const client = createClient({ url, timeoutMs: 60_000 });
    for (let from = 0; from < FLEET.instances; from += FLEET.bulk) {
      const name = (i: number) => `bench-${from + i}`;
      const fleet = Array.from({ length: FLEET.bulk }, (_, i) => ({
        name: name(i),
        ip: "10.0.0.1",
        interval: FLEET.interval,
      }));
      await client.addInstances(fleet);
    }
    await client.close();
    await sleep(2 * FLEET.interval * 1000);
    const [rows, late, cpu] = [await rowsOf(url, "collected_total"), await lateOf(url), cpuSeconds(pid)];
    await sleep(FLEET.seconds * 1000);
    const cpuPercent = (100 * (cpuSeconds(pid) - cpu)) / FLEET.seconds;
    const collected = (await rowsOf(url, "collected_total")) - rows;
    return { cpuPercent, residentMiB: residentMiB(pid), latePercent: (100 * ((await lateOf(url)) - late)) / collected };
  });
}

const lateOf = (url: string) => rowsOf(url, 'late_total{limit="slot"}');

async function rowsOf(url: string, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics?collect[]=daemon`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`cloud_monitor_rows_${name} `));
  return Number(line?.slice(line.lastIndexOf(" ")) ?? NaN);
}

async function scrape(url: string, times: number): Promise<void> {
  for (let done = 0; done < times; done++) {
    const response = await fetch(`${url}/metrics`, { headers: SCRAPE_HEADERS });
    await response.arrayBuffer();
  }
}

async function withDaemon<T>(
  root: string,
  env: Readonly<Record<string, string>>,
  work: (daemon: BenchDaemon) => Promise<T>,
): Promise<T> {
  const daemon = await startDaemon(env, bundleOf(root));
  try {
    return await work(daemon);
  } finally {
    await daemon.stop();
  }
}

function bundleOf(root: string): string {
  return join(root, "packages/core/dist/main.js");
}

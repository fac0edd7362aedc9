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
 * Compares this checkout with another one, both bundled, to detect regressions: alternating runs, medians, ratios. Each
 * checkout measures its own ingest with its own `ingest.ts`; all else is measured on its bundled daemon by the same client.
 */
const { values } = parseArgs({
  options: {
    before: { type: "string" },
    rounds: { type: "string", default: "5" },
    parts: { type: "string", default: "scrape,idle,ingest,fleet" },
    "fleet-seconds": { type: "string", default: "30" },
  },
});
const ROUNDS = Number(values.rounds);
const FLEET = {
  instances: 20_000,
  interval: 5,
  bulk: 5_000,
  settleMs: 30_000,
  seconds: Number(values["fleet-seconds"]),
};
const WARM_SCRAPES = 2_000;
const SCRAPES = 1_000;
const IDLE = { settleMs: 60_000, scrapeEveryMs: 15_000 };

/** What can be measured of a build, and whether a larger figure is better. */
const PARTS = {
  scrape: { measure: freshScrape, better: "smaller" },
  idle: { measure: idle, better: "smaller" },
  ingest: { measure: ingest, better: "larger" },
  fleet: { measure: fleet, better: "smaller" },
} as const;
type Part = keyof typeof PARTS;
type Figures = Readonly<Record<string, number>>;

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
  const parts = (Object.keys(PARTS) as Part[]).filter((part) => values.parts.split(",").includes(part));
  const found = new Map<string, { better: string; before: number[]; after: number[] }>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const part of parts) {
      const { measure, better } = PARTS[part];
      // The order alternates between rounds.
      for (const [label, root] of round % 2 === 0 ? builds : builds.toReversed()) {
        for (const [name, value] of Object.entries(await measure(root))) {
          const figure = found.get(name) ?? { better, before: [], after: [] };
          figure[label].push(value);
          found.set(name, figure);
        }
      }
    }
    print(found, `after ${round + 1} of ${ROUNDS} rounds`);
  }
}

function print(found: ReadonlyMap<string, { better: string; before: number[]; after: number[] }>, when: string): void {
  const rows = [...found].map(([name, { better, before, after: now }]) => {
    const ratio = `${(median(now) / median(before)).toFixed(3)}x (${better} is better)`;
    return [name, median(before), median(now), ratio, list(before), list(now)];
  });
  const header = ["what", "before", "after", "after / before", "all before", "all after"];
  report(`Two builds, ${when}, medians`, header, rows);
}

function list(numbers: readonly number[]): string {
  return numbers.map((value) => value.toPrecision(3)).join(" ");
}

async function freshScrape(root: string): Promise<Figures> {
  return withDaemon(root, { METRICS_CACHE_TTL: "0ms" }, async ({ pid, url }) => {
    await scrape(url, WARM_SCRAPES);
    const before = cpuSeconds(pid);
    await scrape(url, SCRAPES);
    return { "CPU of a fresh scrape, ms": ((cpuSeconds(pid) - before) * 1000) / SCRAPES };
  });
}

/** Memory storage, a minute after the start, scraped at the default interval of Prometheus. */
async function idle(root: string): Promise<Figures> {
  return withDaemon(root, {}, async ({ pid, url }) => {
    for (let waitedMs = 0; waitedMs < IDLE.settleMs; waitedMs += IDLE.scrapeEveryMs) {
      await scrape(url, 1);
      await sleep(IDLE.scrapeEveryMs);
    }
    return { "resident when idle, MiB": residentMiB(pid) };
  });
}

async function ingest(root: string): Promise<Figures> {
  const out = await runToEnd(process.execPath, ["--conditions=source", join(root, "packages/bench/src/ingest.ts")]);
  const cell = /^\| PostgresStorage\.write \| ([\d,]+) \|/m.exec(out)?.[1];
  if (cell === undefined) throw new Error(`ingest.ts of ${root} printed no figure:\n${out}`);
  return { "ingest, rows/s": Number(cell.replaceAll(",", "")) };
}

async function fleet(root: string): Promise<Figures> {
  return withDaemon(root, { STORAGE: "postgres" }, async ({ pid, url }) => {
    const client = createClient({ url, timeoutMs: 60_000 });
    for (let from = 0; from < FLEET.instances; from += FLEET.bulk) {
      const name = (i: number) => `bench-${from + i}`;
      const instances = Array.from({ length: FLEET.bulk }, (_, i) => ({
        name: name(i),
        ip: "10.0.0.1",
        interval: FLEET.interval,
      }));
      await client.addInstances(instances);
    }
    await client.close();
    await sleep(FLEET.settleMs);
    const [rows, late, cpu] = [await rowsOf(url, "collected_total"), await lateOf(url), cpuSeconds(pid)];
    await sleep(FLEET.seconds * 1000);
    const cpuPercent = (100 * (cpuSeconds(pid) - cpu)) / FLEET.seconds;
    const collected = (await rowsOf(url, "collected_total")) - rows;
    return {
      "20,000 instances at 5 s: CPU, % of a core": cpuPercent,
      "20,000 instances at 5 s: resident, MiB": residentMiB(pid),
      "20,000 instances at 5 s: rows later than a slot, %": (100 * ((await lateOf(url)) - late)) / collected,
    };
  });
}

function lateOf(url: string): Promise<number> {
  return rowsOf(url, 'late_total{limit="slot"}');
}

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

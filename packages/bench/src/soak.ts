import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { addFleet } from "./support/fleet.ts";
import { SCRAPE_HEADERS } from "./support/http-load.ts";
import { residentMiB } from "./support/process-usage.ts";
import { report, skip } from "./support/report.ts";

/**
 * An hour of 1,000 instances at 1 s, scraped every 5 s, with a private PostgreSQL: how fast resident memory grows in the
 * second half, by linear regression, and whether descriptors and threads pile up. `MINUTES` for another time.
 */
const MINUTES = Number(process.env["MINUTES"] ?? 60);
const INSTANCES = 1_000;
const SCRAPE_EVERY_MS = 5_000;
const SAMPLES_A_ROW = (10 * 60_000) / SCRAPE_EVERY_MS;

interface Sample {
  readonly hours: number;
  readonly mebibytes: number;
  readonly descriptors: number;
  readonly threads: number;
}

if (daemonBuilt()) await soak();
else skip("cloud-monitor", DAEMON_NEEDS);

async function soak(): Promise<void> {
  const daemon = await startDaemon({ STORAGE: "postgres", CLOUD_MONITOR_SHARDS_THREADS: "" });
  try {
    await addFleet(daemon.url, { count: INSTANCES, interval: 1 });
    const samples: Sample[] = [];
    const startMs = performance.now();
    for (let scrape = 1; performance.now() - startMs < MINUTES * 60_000; scrape++) {
      await sleep(Math.max(0, startMs + scrape * SCRAPE_EVERY_MS - performance.now()));
      const response = await fetch(`${daemon.url}/metrics`, { headers: SCRAPE_HEADERS });
      await response.arrayBuffer();
      samples.push({
        hours: (performance.now() - startMs) / 3_600_000,
        mebibytes: residentMiB(daemon.pid),
        descriptors: readdirSync(`/proc/${daemon.pid}/fd`).length,
        threads: readdirSync(`/proc/${daemon.pid}/task`).length,
      });
    }
    const shown = samples.filter((_, index) => (index + 1) % SAMPLES_A_ROW === 0 || index === samples.length - 1);
    report(
      `${INSTANCES} instances at 1 s, scraped every ${SCRAPE_EVERY_MS / 1000} s`,
      ["minute", "resident, MiB", "descriptors", "threads"],
      shown.map(({ hours, mebibytes, descriptors, threads }) => [hours * 60, mebibytes, descriptors, threads]),
    );
    const slope = slopeOf(samples.slice(samples.length / 2));
    console.log(`second half: ${slope.toFixed(2)} MiB an hour`);
  } finally {
    await daemon.stop();
  }
}

/** Of a least-squares line through resident memory, MiB per hour. */
function slopeOf(samples: readonly Sample[]): number {
  const hours = mean(samples.map((sample) => sample.hours));
  const mebibytes = mean(samples.map((sample) => sample.mebibytes));
  const covariance = mean(samples.map((sample) => (sample.hours - hours) * (sample.mebibytes - mebibytes)));
  return covariance / mean(samples.map((sample) => (sample.hours - hours) ** 2));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

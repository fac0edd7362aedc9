import { describe, expect, test } from "@jest/globals";
import { DAEMON_METRICS } from "../../model/catalogue/daemon.ts";
import type { SelfState } from "./daemon-readings.ts";
import { encode } from "../encoding/encoder.ts";
import { SelfMetrics } from "./self-metrics.ts";
import { SAMPLE_STATS } from "../testing/sample-stats.ts";
import { parseExposition } from "../testing/parse-exposition.ts";

const STATE: SelfState = {
  stats: SAMPLE_STATS,
  process: {
    cpuSeconds: 1.25,
    residentBytes: 90_000_000,
    heapUsedBytes: 20_000_000,
    heapCommittedBytes: 30_000_000,
    virtualBytes: 1_000_000_000,
    openFds: 30,
    maxFds: 1024,
  },
  delay: { p50: 0.001, p99: 0.004, max: 0.02 },
  gc: {
    runs: { minor: 3, major: 1, incremental: 0, weakcb: 0 },
    seconds: { minor: 0.01, major: 0.02, incremental: 0, weakcb: 0 },
  },
};

describe("SelfMetrics", () => {
  test("serves each metric of the catalogue and no other, with its labels", async () => {
    const metrics = new SelfMetrics();
    metrics.observe({ route: "/metrics", method: "GET", status: 200, seconds: 0.002 });
    metrics.countScrape("text");

    const served = parseExposition(await render(metrics)).families.map(({ name, type, samples }) => ({
      name,
      type,
      labels: [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].filter((label) => label !== "le"),
    }));

    const defined = DAEMON_METRICS.map(({ name, type, labels }) => ({ name, type, labels: [...labels] }));
    expect(served).toEqual(defined.sort((a, b) => (a.name < b.name ? -1 : 1)));
  });

  test("serves an account of rows that closes as the parts keep it", async () => {
    const page = await render(new SelfMetrics());

    const rows = (name: string) =>
      parseExposition(page)
        .families.find((family) => family.name === `cloud_monitor_rows_${name}`)!
        .samples.reduce((sum, { value }) => sum + value, 0);
    expect(rows("found_in_spool_total") + rows("collected_total")).toBe(
      rows("stored_total") + rows("spooled") + rows("quarantined_total") + rows("dropped_total"),
    );
  });

  test("shows counts anew at each scrape", async () => {
    const metrics = new SelfMetrics();
    await render(metrics);

    const page = await render(metrics, {
      ...STATE,
      stats: { ...SAMPLE_STATS, logLinesDropped: 10, configReloads: {} },
    });

    expect(page).toContain("\ncloud_monitor_log_lines_dropped_total 10\n");
    expect(page).not.toContain("cloud_monitor_config_reloads_total");
  });

  test("counts requests by route, method and status, and their time by route", async () => {
    const metrics = new SelfMetrics();
    metrics.observe({ route: "/api/v1/instances/:id", method: "GET", status: 404, seconds: 0.02 });
    metrics.observe({ route: "/api/v1/instances/:id", method: "GET", status: 404, seconds: 3 });

    const page = await render(metrics);

    expect(page).toContain('requests_total{method="GET",route="/api/v1/instances/:id",status="404"} 2\n');
    expect(page).toContain('duration_seconds_bucket{le="0.025",route="/api/v1/instances/:id"} 1\n');
    expect(page).toContain('duration_seconds_bucket{le="+Inf",route="/api/v1/instances/:id"} 2\n');
    expect(page).toContain('duration_seconds_sum{route="/api/v1/instances/:id"} 3.02\n');
    expect(page).toContain('duration_seconds_count{route="/api/v1/instances/:id"} 2\n');
  });

  test("counts methods that a client invents as one", async () => {
    const metrics = new SelfMetrics();
    metrics.observe({ route: "/metrics", method: "BREW", status: 405, seconds: 0 });

    expect(await render(metrics)).toContain('requests_total{method="other",route="/metrics",status="405"} 1\n');
  });

  test("leaves out what the kernel does not tell", async () => {
    const page = await render(new SelfMetrics(), { ...STATE, process: { ...STATE.process, openFds: null } });

    expect(page).not.toContain("process_open_fds");
    expect(page).toContain("\nprocess_max_fds 1024\n");
  });
});

async function render(metrics: SelfMetrics, state = STATE): Promise<string> {
  return [...encode(await metrics.families(state), "text")].join("");
}

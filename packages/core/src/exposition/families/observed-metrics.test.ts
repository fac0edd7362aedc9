import { describe, expect, test } from "@jest/globals";
import { encode } from "../encoding/encoder.ts";
import { parseExposition } from "../testing/parse-exposition.ts";
import { OBSERVED_METRICS, ObservedMetrics } from "./observed-metrics.ts";

describe("ObservedMetrics", () => {
  test("serves each of its metrics and no other, with its labels", async () => {
    const metrics = new ObservedMetrics();
    metrics.observe({ route: "/metrics", method: "GET", status: 200, seconds: 0.002 });
    metrics.countScrape("text");

    const served = parseExposition(await render(metrics)).families.map(({ name, type, samples }) => ({
      name,
      type,
      labels: [...new Set(samples.flatMap((sample) => Object.keys(sample.labels)))].filter((label) => label !== "le"),
    }));

    const defined = OBSERVED_METRICS.map(({ name, type, labels }) => ({ name, type, labels: [...labels] }));
    expect(served).toEqual(defined.sort((a, b) => (a.name < b.name ? -1 : 1)));
  });

  test("counts requests by route, method and status, and their time by route", async () => {
    const metrics = new ObservedMetrics();
    metrics.observe({ route: "/api/v1/instances/:id", method: "GET", status: 404, seconds: 0.02 });
    metrics.observe({ route: "/api/v1/instances/:id", method: "GET", status: 404, seconds: 3 });

    const page = await render(metrics);

    expect(page).toContain('requests_total{method="GET",route="/api/v1/instances/:id",status="404"} 2\n');
    expect(page).toContain('duration_seconds_bucket{le="0.025",route="/api/v1/instances/:id"} 1\n');
    expect(page).toContain('duration_seconds_bucket{le="+Inf",route="/api/v1/instances/:id"} 2\n');
    expect(page).toContain('duration_seconds_sum{route="/api/v1/instances/:id"} 3.02\n');
    expect(page).toContain('duration_seconds_count{route="/api/v1/instances/:id"} 2\n');
  });

  test("counts unknown methods as one", async () => {
    const metrics = new ObservedMetrics();
    metrics.observe({ route: "/metrics", method: "BREW", status: 405, seconds: 0 });

    expect(await render(metrics)).toContain('requests_total{method="other",route="/metrics",status="405"} 1\n');
  });
});

async function render(metrics: ObservedMetrics): Promise<string> {
  return [...encode(await metrics.families(), "text")].join("");
}

import { afterEach, expect, test } from "@jest/globals";
import { metrics, TestTarget } from "../collectors/scrape/testing/test-target.ts";
import type { NewInstance } from "../model/instance.ts";
import { simulated, startPipeline, stopPipelines } from "./testing/test-pipeline.ts";

afterEach(stopPipelines);

function scraped(target: string): NewInstance {
  const { id: _id, createdAtMs: _createdAtMs, ...rest } = simulated(1);
  return { ...rest, kind: "scrape", interval: 5, target };
}

test("an instance is collected once, and leaves no row", async () => {
  await using target = await TestTarget.start(metrics("a 1\nb 2\n"));
  const { pipeline, rows } = startPipeline();
  const run = await pipeline.dryRun(scraped(target.url));

  expect(run).toEqual({ reason: "none", message: null, durationSeconds: expect.any(Number), series: 5 });
  expect(target.requests).toHaveLength(1);
  expect(rows).toEqual([]);
});

test("what went wrong is told in words, also for several at once", async () => {
  await using target = await TestTarget.start((response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
  );
  await using gone = await TestTarget.start();
  const { url } = gone;
  await gone[Symbol.asyncDispose]();
  const { pipeline } = startPipeline();
  const runs = await Promise.all([target.url, url].map((each) => pipeline.dryRun(scraped(each))));

  expect(runs).toEqual([
    { reason: "invalid", message: expect.stringContaining("HTML"), durationSeconds: null, series: 3 },
    { reason: "refused", message: `${new URL(url).host} refused the connection`, durationSeconds: null, series: 3 },
  ]);
});

test("a body of 190,000 series is read where newcomers are, and takes no thread", async () => {
  const body = Array.from({ length: 190_000 }, (_, index) => `s{index="${index}",zone="somewhere"} ${index}\n`).join(
    "",
  );
  await using target = await TestTarget.start(metrics(body));
  const { pipeline } = startPipeline();
  const run = await pipeline.dryRun(scraped(target.url));

  expect(run).toMatchObject({ reason: "none", series: 5_003 });
  expect(pipeline.stats.replaced).toEqual({ hung: 0, crashed: 0 });
}, 30_000);

test("an instance that blocks its thread is down, and others are not", async () => {
  const { pipeline } = startPipeline();
  const { id: _id, createdAtMs: _createdAtMs, ...instance } = simulated(1, { fault: "hang" });
  const [hung, well] = await Promise.all([
    pipeline.dryRun(instance),
    pipeline.dryRun({ ...instance, simulation: null }),
  ]);

  expect(["hung", "timeout"]).toContain(hung.reason);
  expect(well.reason).toBe("none");
}, 30_000);

import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
  columnFamily,
  encodeInSlices,
  labelBlock,
  KeptLines,
  TimeSlicer,
  seriesBlock,
  systemClock,
  yieldToLoop,
} from "@cloud-monitor/core";
import { Gauge, Registry } from "prom-client-15";
import { median } from "./support/median.ts";
import { report } from "./support/report.ts";

/**
 * A response of 100,000 series as UTF-8 bytes: our encoder, streamed in its slices, compared with prom-client's registry, in
 * alternation. Both have their series ready; the same names, labels and values, half of them percents and half bytes.
 */
const SERIES = 100_000;
const FAMILIES = 20;
const ROUNDS = 11;
/** The first rounds run code that is not optimized yet. */
const WARM_UP = 2;

interface Series {
  readonly labels: Record<"id" | "name" | "zone", string>;
  readonly value: number;
}

interface Measured {
  readonly ms: number;
  /** Longest time for which the event loop was blocked. */
  readonly stallMs: number;
  readonly bytes: number;
}

type Render = () => Promise<number>;

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const families = Array.from({ length: FAMILIES }, (_, index) => ({
  name: `bench_metric_${index}_${index % 2 === 0 ? "percent" : "bytes"}`,
  help: "Help of one sentence.",
  series: seriesOf(index),
}));
await compare(
  new Map<string, Render>([
    ["cloud-monitor", ours()],
    ["prom-client 15.1.3", peers()],
  ]),
);

async function compare(contenders: ReadonlyMap<string, Render>): Promise<void> {
  const results = new Map<string, Measured[]>([...contenders.keys()].map((name) => [name, []]));
  for (let round = 0; round < ROUNDS + WARM_UP; round++) {
    for (const [name, render] of contenders) {
      const measured = await measure(render);
      if (round >= WARM_UP) results.get(name)!.push(measured);
    }
  }
  const middle = (measured: readonly Measured[]) => median(measured.map(({ ms }) => ms));
  const slowest = Math.max(...[...results.values()].map(middle));
  report(
    `${SERIES.toLocaleString("en")} series of text, medians of ${ROUNDS} rounds`,
    ["", "ms", "times faster", "longest event-loop stall, ms", "MB"],
    [...results].map(([name, measured]) => [
      name,
      middle(measured),
      slowest / middle(measured),
      Math.max(...measured.map(({ stallMs }) => stallMs)),
      measured[0]!.bytes / 1e6,
    ]),
  );
}

/** Runs one render together with a loop that only yields, and measures the longest delay. */
async function measure(render: Render): Promise<Measured> {
  const end = new AbortController();
  let stallMs = 0;
  const watch = async () => {
    let lastMs = performance.now();
    while (!end.signal.aborted) {
      await turn();
      const nowMs = performance.now();
      stallMs = Math.max(stallMs, nowMs - lastMs);
      lastMs = nowMs;
    }
  };
  // One contender's garbage must not be collected during the other's time.
  collectGarbage();
  const watching = watch();
  await turn();
  const startMs = performance.now();
  const bytes = await render();
  const ms = performance.now() - startMs;
  end.abort();
  await watching;
  return { ms, stallMs, bytes };
}

function ours(): Render {
  const columns = families.map(({ name, help, series }) =>
    columnFamily(
      { name, type: "gauge", help, unit: "" },
      series.map(({ labels }) => seriesBlock(labelBlock(labels))),
      Float64Array.from(series, ({ value }) => value),
    ),
  );
  const slicer = new TimeSlicer({ clock: systemClock, yieldToLoop });
  const kept = new KeptLines("");
  return async () => {
    let bytes = 0;
    for await (const chunk of encodeInSlices(columns, { format: "text", kept, slicer }))
      bytes += Buffer.from(chunk).length;
    return bytes;
  };
}

function peers(): Render {
  const registry = new Registry();
  for (const { name, help, series } of families) {
    const gauge = new Gauge({ name, help, labelNames: ["id", "name", "zone"], registers: [registry] });
    for (const { labels, value } of series) gauge.set(labels, value);
  }
  return async () => Buffer.from(await registry.metrics()).length;
}

function seriesOf(family: number): readonly Series[] {
  return Array.from({ length: SERIES / FAMILIES }, (_, index) => {
    const labels = { id: String(index), name: `instance-${index}`, zone: `fr-par-${index % 3}` };
    // Squares modulo a prime: distributed like readings, and the same in every run.
    const spread = ((index * index + family * 7919) % 10_007) / 10_007;
    return { labels, value: family % 2 === 0 ? Math.round(spread * 1e4) / 100 : Math.floor(spread * 1e11) };
  });
}

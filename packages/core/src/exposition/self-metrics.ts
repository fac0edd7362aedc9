import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { DAEMON_METRICS } from "../model/catalogue/daemon.ts";
import type { MetricDefinition } from "../model/catalogue/definition.ts";
import type { Reading, SelfState } from "./daemon-readings.ts";
import { DAEMON_READINGS } from "./daemon-readings.ts";
import type { Family } from "./family.ts";
import { labelBlock, seriesBlock } from "./label-block.ts";
import type { AnsweredRequest, HttpRecorder } from "./sources.ts";
import type { TextFormat } from "./text-format.ts";

// No whole number among the bounds: OpenMetrics would write it `1.0`, and a series must not change its name with the format.
const DURATION_BUCKETS = [0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 2.5];
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const DEFINITIONS: ReadonlyMap<string, MetricDefinition> = new Map(DAEMON_METRICS.map((one) => [one.name, one]));

/** The daemon's own metrics, kept in a prom-client registry of their own and read from it as JSON. */
export class SelfMetrics implements HttpRecorder {
  readonly #registry = new Registry();
  readonly #mirrors: readonly Mirror[];
  readonly #requests: Counter<string>;
  readonly #durations: Histogram<string>;
  readonly #scrapes: Counter<string>;

  constructor() {
    this.#requests = new Counter(this.#configuration("cloud_monitor_http_requests_total"));
    this.#scrapes = new Counter(this.#configuration("cloud_monitor_scrapes_total"));
    this.#durations = new Histogram({
      ...this.#configuration("cloud_monitor_http_request_duration_seconds"),
      buckets: DURATION_BUCKETS,
    });
    this.#mirrors = Object.entries(DAEMON_READINGS).map(([name, read]) => {
      const configuration = this.#configuration(name);
      const isCounter = DEFINITIONS.get(name)!.type === "counter";
      return { name, read, metric: isCounter ? new Counter(configuration) : new Gauge(configuration) };
    });
  }

  observe({ route, method, status, seconds }: AnsweredRequest): void {
    this.#requests.inc({ route, method: METHODS.has(method) ? method : "other", status: String(status) });
    this.#durations.observe({ route }, seconds);
  }

  countScrape(format: TextFormat): void {
    this.#scrapes.inc({ format });
  }

  /** All families with the values of `state`; those that it knows nothing of are left out. */
  async families(state: SelfState): Promise<readonly Family[]> {
    const unknown = new Set<string>();
    for (const mirror of this.#mirrors) {
      const readings = mirror.read(state);
      if (readings.length === 0) unknown.add(mirror.name);
      else refresh(mirror.metric, readings);
    }
    const metrics = await this.#registry.getMetricsAsJSON();
    return metrics.filter(({ name }) => !unknown.has(name)).map(({ name, values }) => familyOf(name, values));
  }

  #configuration(name: string): { name: string; help: string; labelNames: readonly string[]; registers: Registry[] } {
    const { help, labels } = DEFINITIONS.get(name)!;
    return { name, help, labelNames: labels, registers: [this.#registry] };
  }
}

interface Mirror {
  readonly name: string;
  readonly metric: Counter<string> | Gauge<string>;
  readonly read: (state: SelfState) => Reading[];
}

interface JsonValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number | undefined>>;
  /** Only a histogram's: the name with its suffix. */
  readonly metricName?: string;
}

/** The parts keep the counts; here they are only shown, so each scrape begins anew. */
function refresh(metric: Counter<string> | Gauge<string>, readings: readonly Reading[]): void {
  metric.reset();
  for (const [labels, value] of readings) metric.inc({ ...labels }, value);
}

function familyOf(name: string, values: readonly JsonValue[]): Family {
  const { type, help, unit } = DEFINITIONS.get(name)!;
  const blocks = values.map(({ labels }) => seriesBlock(labelBlock(textLabels(labels))));
  const base = { name, type, help, unit, count: values.length };
  const series = { block: (at: number) => blocks[at]!, value: (at: number) => values[at]!.value };
  if (type !== "histogram") return { ...base, ...series };
  return { ...base, ...series, suffix: (at) => (values[at]!.metricName ?? name).slice(name.length) };
}

function textLabels(labels: JsonValue["labels"]): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, String(value)]));
}

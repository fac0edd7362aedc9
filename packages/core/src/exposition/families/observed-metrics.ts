import { Counter, Histogram, Registry } from "prom-client";
import type { MetricDefinition } from "../../model/catalogue/definition.ts";
import { ownMetric } from "../../model/own-metric.ts";
import type { Family } from "../encoding/family.ts";
import { BlockCache } from "../encoding/block-cache.ts";
import type { Labels } from "../encoding/block-cache.ts";
import { columnFamily } from "../encoding/column-family.ts";
import type { CompletedRequest, ConnectionDropReason, HttpRecorder } from "../sources.ts";
import { CONNECTION_DROP_REASONS } from "../sources.ts";
import type { TextFormat } from "../encoding/text-format.ts";

// No whole number among the bounds: OpenMetrics writes it as `1.0`, and a series must not differ between formats.
const DURATION_BUCKETS = [0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 2.5];
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const REQUESTS = ownMetric("counter", {
  name: "cloud_monitor_http_requests_total",
  help: "HTTP requests handled.",
  labels: ["method", "route", "status"],
});
const DURATIONS = ownMetric("histogram", {
  name: "cloud_monitor_http_request_duration_seconds",
  help: "Time from the arrival of a request to its response.",
  labels: ["route"],
});
const DROPPED_CONNECTIONS = ownMetric("counter", {
  name: "cloud_monitor_http_connections_dropped_total",
  help: "HTTP connections closed by the daemon, by reason.",
  labels: ["reason"],
});
const SCRAPES = ownMetric("counter", {
  name: "cloud_monitor_scrapes_total",
  help: "Responses of /metrics started, by format.",
  labels: ["format"],
});

/** Metrics that count events as they happen, in a prom-client registry. */
export const OBSERVED_METRICS: readonly MetricDefinition[] = [REQUESTS, DURATIONS, DROPPED_CONNECTIONS, SCRAPES];

const DEFINITIONS: ReadonlyMap<string, MetricDefinition> = new Map(OBSERVED_METRICS.map((one) => [one.name, one]));

/** Counts the responses of the HTTP server. */
export class ObservedMetrics implements HttpRecorder {
  readonly #registry = new Registry();
  readonly #requests: Counter<string>;
  readonly #durations: Histogram<string>;
  readonly #scrapes: Counter<string>;
  readonly #droppedConnections: Counter<string>;
  readonly #blocks = new BlockCache();

  constructor() {
    this.#requests = new Counter(this.#configuration(REQUESTS));
    this.#scrapes = new Counter(this.#configuration(SCRAPES));
    this.#droppedConnections = new Counter(this.#configuration(DROPPED_CONNECTIONS));
    // Initialized with 0: the first drop must be visible as an increase.
    for (const reason of CONNECTION_DROP_REASONS) this.#droppedConnections.inc({ reason }, 0);
    this.#durations = new Histogram({
      ...this.#configuration(DURATIONS),
      buckets: DURATION_BUCKETS,
    });
  }

  observe({ route, method, status, seconds }: CompletedRequest): void {
    this.#requests.inc({ route, method: METHODS.has(method) ? method : "other", status: String(status) });
    this.#durations.observe({ route }, seconds);
  }

  countDroppedConnection(reason: ConnectionDropReason): void {
    this.#droppedConnections.inc({ reason });
  }

  countScrape(format: TextFormat): void {
    this.#scrapes.inc({ format });
  }

  async families(): Promise<readonly Family[]> {
    const observed = await this.#registry.getMetricsAsJSON();
    return observed.map(({ name, values }) => this.#family(name, values));
  }

  #family(name: string, values: readonly JsonValue[]): Family {
    const blocks = values.map(({ labels }) => this.#blocks.of(labels));
    const family = columnFamily(
      DEFINITIONS.get(name)!,
      blocks,
      values.map(({ value }) => value),
    );
    if (family.head.type !== "histogram") return family;
    return {
      head: family.head,
      count: family.count,
      block: (at) => family.block(at),
      value: (at) => family.value(at),
      suffix: (at) => (values[at]!.metricName ?? name).slice(name.length),
    };
  }

  #configuration({ name, help, labels }: MetricDefinition) {
    return { name, help, labelNames: labels, registers: [this.#registry] };
  }
}

interface JsonValue {
  readonly value: number;
  readonly labels: Labels;
  /** Only a histogram's: the name with its suffix. */
  readonly metricName?: string;
}

import { Counter, Histogram, Registry } from "prom-client";
import { DAEMON_METRICS } from "../../model/catalogue/daemon.ts";
import type { MetricDefinition } from "../../model/catalogue/definition.ts";
import type { Reading, SelfState } from "./daemon-readings.ts";
import { DAEMON_READINGS } from "./daemon-readings.ts";
import type { Family } from "../encoding/family.ts";
import { BlockCache } from "../encoding/block-cache.ts";
import type { Labels } from "../encoding/block-cache.ts";
import { columnFamily } from "../encoding/column-family.ts";
import type { AnsweredRequest, ConnectionDropReason, HttpRecorder } from "../sources.ts";
import { CONNECTION_DROP_REASONS } from "../sources.ts";
import type { TextFormat } from "../encoding/text-format.ts";

// No whole number among the bounds: OpenMetrics would write it `1.0`, and a series must not change its name with the format.
const DURATION_BUCKETS = [0.001, 0.0025, 0.01, 0.025, 0.1, 0.25, 2.5];
const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

const DEFINITIONS: ReadonlyMap<string, MetricDefinition> = new Map(DAEMON_METRICS.map((one) => [one.name, one]));

/** The daemon's own metrics: events counted in a prom-client registry, everything else read from the parts that keep it. */
export class SelfMetrics implements HttpRecorder {
  readonly #registry = new Registry();
  readonly #requests: Counter<string>;
  readonly #durations: Histogram<string>;
  readonly #scrapes: Counter<string>;
  readonly #droppedConnections: Counter<string>;
  readonly #blocks = new BlockCache();

  constructor() {
    this.#requests = new Counter(this.#configuration("cloud_monitor_http_requests_total"));
    this.#scrapes = new Counter(this.#configuration("cloud_monitor_scrapes_total"));
    this.#droppedConnections = new Counter(this.#configuration("cloud_monitor_http_connections_dropped_total"));
    // From the start on: the first drop must be seen as an increase.
    for (const reason of CONNECTION_DROP_REASONS) this.#droppedConnections.inc({ reason }, 0);
    this.#durations = new Histogram({
      ...this.#configuration("cloud_monitor_http_request_duration_seconds"),
      buckets: DURATION_BUCKETS,
    });
  }

  observe({ route, method, status, seconds }: AnsweredRequest): void {
    this.#requests.inc({ route, method: METHODS.has(method) ? method : "other", status: String(status) });
    this.#durations.observe({ route }, seconds);
  }

  countDroppedConnection(reason: ConnectionDropReason): void {
    this.#droppedConnections.inc({ reason });
  }

  countScrape(format: TextFormat): void {
    this.#scrapes.inc({ format });
  }

  /** All families with the values of `state`; those that it knows nothing of are left out. */
  async families(state: SelfState): Promise<readonly Family[]> {
    const observed = await this.#registry.getMetricsAsJSON();
    return [
      ...READINGS.map(([name, read]) => this.#readFamily(name, read(state))),
      ...observed.map(({ name, values }) => this.#observedFamily(name, values)),
    ];
  }

  #readFamily(name: string, readings: readonly Reading[]): Family {
    const blocks = readings.map(([labels]) => this.#blocks.of(labels));
    return columnFamily(
      DEFINITIONS.get(name)!,
      blocks,
      readings.map(([, value]) => value),
    );
  }

  #observedFamily(name: string, values: readonly JsonValue[]): Family {
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

  #configuration(name: string): { name: string; help: string; labelNames: readonly string[]; registers: Registry[] } {
    const { help, labels } = DEFINITIONS.get(name)!;
    return { name, help, labelNames: labels, registers: [this.#registry] };
  }
}

const READINGS = Object.entries(DAEMON_READINGS);

interface JsonValue {
  readonly value: number;
  readonly labels: Labels;
  /** Only a histogram's: the name with its suffix. */
  readonly metricName?: string;
}

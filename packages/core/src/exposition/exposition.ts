import { labelBlock } from "../model/label-text.ts";
import { columnFamily } from "./encoding/column-family.ts";
import { seriesBlock } from "./encoding/series-block.ts";
import { Catalogue } from "../model/catalogue/catalogue.ts";
import type { InstanceKind } from "../model/instance.ts";
import type { SeriesSnapshot } from "../model/series-snapshot.ts";
import { metricSource } from "../model/own-metric.ts";
import type { CollectorChoice, CollectorFilter } from "./collector-filter.ts";
import { collectorFilter } from "./collector-filter.ts";
import { encode } from "./encoding/encoder.ts";
import { encodeInSlices } from "./encoding/encode-in-slices.ts";
import type { Family } from "./encoding/family.ts";
import { KeptLines } from "./encoding/kept-lines.ts";
import { exposedPlaces, fleetSnapshot, pageSnapshot } from "./families/fleet-snapshot.ts";
import type { TimeSlicerOptions } from "./encoding/time-slicer.ts";
import { TimeSlicer } from "./encoding/time-slicer.ts";
import { SnapshotFamilies } from "./families/snapshot-families.ts";
import { ObservedMetrics } from "./families/observed-metrics.ts";
import { OwnFamilies } from "./families/own-families.ts";
import { RUNTIME_METRICS, Runtime } from "./runtime/runtime-metrics.ts";
import { singleFlight } from "./single-flight.ts";
import type { ExpositionSources, HttpRecorder } from "./sources.ts";
import type { TextFormat } from "./encoding/text-format.ts";

export interface ExpositionOptions extends TimeSlicerOptions {
  readonly catalogue: Catalogue;
  /** Ids whose instances have their series on `/metrics`, the others on pages. A reload may change it. */
  readonly instancesMax: () => number;
  /** Age at which this host's snapshot is refreshed, milliseconds. A reload may change it. */
  readonly cacheTtlMs: () => number;
  /** Labels of every series. */
  readonly labels: Readonly<Record<string, string>>;
  /** The host collectors that are enabled now: with `daemon` and `fleet`, the names accepted by `collect[]` and `exclude[]`. */
  readonly collectors: () => readonly string[];
}

export interface RenderRequest extends CollectorChoice {
  readonly format: TextFormat;
  /** A page of instances, from 1, instead of `/metrics`. */
  readonly page?: number;
}

const SUCCESS = "node_scrape_collector_success";

/** Renders the response of /metrics: this host, the fleet, the daemon itself. */
export class Exposition {
  readonly #sources: ExpositionSources;
  readonly #options: ExpositionOptions;
  readonly #snapshot: SnapshotFamilies;
  readonly #foreign = new SnapshotFamilies(new Catalogue([]));
  readonly #observed = new ObservedMetrics();
  readonly #own: OwnFamilies;
  readonly #runtime: Runtime;
  readonly #slicer: TimeSlicer;
  readonly #kept: KeptLines;
  readonly #fleetFamilies: () => Promise<readonly Family[]>;
  readonly #selfFamilies: () => Promise<readonly Family[]>;

  constructor(sources: ExpositionSources, options: ExpositionOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#slicer = new TimeSlicer(options);
    this.#kept = new KeptLines(labelBlock(options.labels));
    this.#snapshot = new SnapshotFamilies(options.catalogue);
    this.#runtime = new Runtime(options.clock);
    this.#own = new OwnFamilies([...sources.own, metricSource(RUNTIME_METRICS, () => this.#runtime.read())]);
    const snapshotOptions = () => ({ catalogue: options.catalogue, instancesMax: options.instancesMax() });
    this.#fleetFamilies = singleFlight(() => fleetSnapshot(sources.fleet, this.#slicer, snapshotOptions()));
    this.#selfFamilies = singleFlight(async () => [...this.#own.read(), ...(await this.#observed.families())]);
  }

  /** Where the HTTP server reports its responses. */
  get http(): HttpRecorder {
    return this.#observed;
  }

  /**
   * A response in chunks of about 64 Ki characters; yields to the event loop at least every 5 ms.
   * Throws `COLLECTOR_UNKNOWN` before the first chunk.
   */
  async render(request: RenderRequest): Promise<AsyncIterable<string>> {
    if (request.page !== undefined) return this.#renderPage(request.page, request.format);
    const wants = collectorFilter(request, new Set([...this.#options.collectors(), "daemon", "fleet"]));
    this.#observed.countScrape(request.format);
    const parts = await Promise.all([
      this.#hostFamilies(wants),
      wants("fleet") ? this.#fleetFamilies() : [],
      wants("daemon") ? this.#selfFamilies() : [],
    ]);
    const { format } = request;
    return encodeInSlices(parts.flat(), { format, kept: this.#kept, slicer: this.#slicer });
  }

  /** How many instances have their series on `/metrics`, and which pages have the others. */
  places(): { readonly exposed: number; readonly pages: readonly number[] } {
    return exposedPlaces(this.#sources.fleet, this.#options.instancesMax());
  }

  /** The series of one instance: those of a host as the catalogue describes them, others as their source does. */
  familiesOf(snapshot: SeriesSnapshot, kind: InstanceKind): readonly Family[] {
    return (kind === "host" ? this.#snapshot : this.#foreign).of(snapshot, () => true);
  }

  /** In the text format 0.0.4, without the labels of the daemon's own series. */
  textOf(families: readonly Family[]): string {
    return [...encode(families, "text")].join("");
  }

  /** Stops observing the runtime; idempotent. */
  stop(): void {
    this.#runtime.stop();
  }

  async #renderPage(page: number, format: TextFormat): Promise<AsyncIterable<string>> {
    const { catalogue, instancesMax } = this.#options;
    const options = { catalogue, instancesMax: instancesMax(), page };
    const families = await pageSnapshot(this.#sources.fleet, this.#slicer, options);
    // Lines are kept for /metrics only: those of all pages would take as much memory as the values.
    return encodeInSlices(families, {
      format,
      kept: new KeptLines(labelBlock(this.#options.labels)),
      slicer: this.#slicer,
    });
  }

  async #hostFamilies(wants: CollectorFilter): Promise<readonly Family[]> {
    const wanted = this.#options.collectors().filter(wants);
    if (wanted.length === 0) return [];
    const { fleet } = this.#sources;
    const snapshot = await fleet.freshSnapshot(fleet.hostId, this.#options.cacheTtlMs());
    return snapshot === null ? [this.#unread(wanted)] : this.#snapshot.of(snapshot, wants);
  }

  /** Without a reading of this host, no collector has succeeded. */
  #unread(collectors: readonly string[]): Family {
    const blocks = collectors.toSorted().map((collector) => seriesBlock(labelBlock({ collector })));
    return columnFamily(this.#options.catalogue.find(SUCCESS)!, blocks, new Float64Array(blocks.length));
  }
}

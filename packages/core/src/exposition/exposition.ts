import { CATALOGUE } from "../model/catalogue/all.ts";
import type { CollectorChoice, CollectorFilter } from "./collector-filter.ts";
import { collectorFilter } from "./collector-filter.ts";
import { encodePaced } from "./encoding/encode-paced.ts";
import { EventLoopDelay } from "./runtime/event-loop-delay.ts";
import type { Family } from "./encoding/family.ts";
import { fleetSnapshot } from "./families/fleet-snapshot.ts";
import { GarbageCollections } from "./runtime/garbage-collections.ts";
import type { PaceOptions } from "./encoding/pace.ts";
import { Pace } from "./encoding/pace.ts";
import { SnapshotFamilies } from "./families/snapshot-families.ts";
import { readProcessStats } from "./runtime/process-stats.ts";
import { SelfMetrics } from "./families/self-metrics.ts";
import { singleFlight } from "./single-flight.ts";
import type { ExpositionSources, HttpRecorder } from "./sources.ts";
import type { TextFormat } from "./encoding/text-format.ts";

export interface ExpositionOptions extends PaceOptions {
  /** How many instances have series of their own: those with the lowest ids. A reload may change it. */
  readonly instancesMax: () => number;
  /** How old this host's snapshot may be before it is read anew, milliseconds. A reload may change it. */
  readonly cacheTtlMs: () => number;
  /** Host collectors that are on: with `daemon` and `fleet` the names that `collect[]` and `exclude[]` take. */
  readonly collectors: readonly string[];
}

export interface RenderRequest extends CollectorChoice {
  readonly format: TextFormat;
}

/** Renders the metrics page: this host, the fleet, the daemon itself. */
export class Exposition {
  readonly #sources: ExpositionSources;
  readonly #options: ExpositionOptions;
  readonly #known: ReadonlySet<string>;
  readonly #snapshot = new SnapshotFamilies(CATALOGUE);
  readonly #self = new SelfMetrics();
  readonly #delay: EventLoopDelay;
  readonly #gc = new GarbageCollections();
  readonly #pace: Pace;
  readonly #fleetFamilies: () => Promise<readonly Family[]>;
  readonly #selfFamilies: () => Promise<readonly Family[]>;

  constructor(sources: ExpositionSources, options: ExpositionOptions) {
    this.#sources = sources;
    this.#options = options;
    this.#known = new Set([...options.collectors, "daemon", "fleet"]);
    this.#pace = new Pace(options);
    this.#delay = new EventLoopDelay(options.clock);
    const snapshotOptions = () => ({ catalogue: CATALOGUE, instancesMax: options.instancesMax() });
    this.#fleetFamilies = singleFlight(() => fleetSnapshot(sources.fleet, this.#pace, snapshotOptions()));
    this.#selfFamilies = singleFlight(() => this.#readSelf());
  }

  /** Where the HTTP server reports what it answered. */
  get http(): HttpRecorder {
    return this.#self;
  }

  /**
   * A page in chunks of about 64 Ki characters; the event loop turns at least every 5 ms of the work.
   * Throws `COLLECTOR_UNKNOWN` before the first chunk.
   */
  async render(request: RenderRequest): Promise<AsyncIterable<string>> {
    const wants = collectorFilter(request, this.#known);
    this.#self.countScrape(request.format);
    const parts = await Promise.all([
      this.#hostFamilies(wants),
      wants("fleet") ? this.#fleetFamilies() : [],
      wants("daemon") ? this.#selfFamilies() : [],
    ]);
    return encodePaced(parts.flat(), request.format, this.#pace);
  }

  /** Ends the observation of the runtime; safe twice. */
  stop(): void {
    this.#delay.stop();
    this.#gc.stop();
  }

  async #hostFamilies(wants: CollectorFilter): Promise<readonly Family[]> {
    if (!this.#options.collectors.some(wants)) return [];
    const { fleet } = this.#sources;
    const snapshot = await fleet.freshSnapshot(fleet.hostId, this.#options.cacheTtlMs());
    return snapshot === null ? [] : this.#snapshot.of(snapshot, wants);
  }

  #readSelf(): Promise<readonly Family[]> {
    return this.#self.families({
      stats: this.#sources.stats(),
      process: readProcessStats(),
      delay: this.#delay.read(),
      gc: this.#gc,
    });
  }
}

import type { Clock } from "../../model/clock.ts";
import type { CollectContext, Collector, DescribedSeries, InstanceRef, SectionWriter } from "../../model/collector.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { SourceFamily } from "../../model/series-snapshot.ts";
import { CoreReader, KNOWN } from "./core-metrics/core-reader.ts";
import type { Fetched, Fetcher } from "./fetcher.ts";
import { LARGE_BYTES } from "./large-bodies.ts";
import { yieldToLoop } from "../../platform/system-clock.ts";
import { compilePattern } from "../../model/pattern.ts";
import { definitionsIn } from "../targets/definitions-in.ts";
import { targetUrl } from "../targets/target-url.ts";
import type { ParsedSamples, ScrapeFormat, TextFamily } from "./text/parsed-text.ts";
import { RememberedText } from "./text/remembered-text.ts";
import { parseText, parseTextInSlices } from "./text/parse-text.ts";

/** Series of a target that are kept; all are parsed, and counted by `scrape_samples_scraped`. */
const SERIES_MAX = 5_000;
/** Further series of a large body that core metrics are read from: CPUs, disks, interfaces and filesystems. */
const KNOWN_MAX = 20_000;
const SECTION = "scrape";

/** Series that Prometheus adds to those of a target, under the same names: seconds, number of series, 1 or 0. */
const OWN_FAMILIES: readonly SourceFamily[] = [
  { name: "scrape_duration_seconds", type: "gauge", help: "Time that the scrape took." },
  { name: "scrape_samples_scraped", type: "gauge", help: "Series that the target has." },
  { name: "up", type: "gauge", help: "1 if the target was scraped." },
];

/** As in Prometheus, a target does not say whether it is up. */
const OWN_NAMES: ReadonlySet<string> = new Set(OWN_FAMILIES.map(({ name }) => name));

/** Scrapes an endpoint in the Prometheus text format or in OpenMetrics. */
export class ScrapeCollector implements Collector {
  readonly name = SECTION;
  readonly #fetcher: Fetcher;
  readonly #clock: Clock;
  /** A changed instance is a new object; what is known of a removed one is garbage-collected with it. */
  readonly #targets = new WeakMap<InstanceRef, Target>();

  constructor(fetcher: Fetcher, clock: Clock) {
    this.#fetcher = fetcher;
    this.#clock = clock;
  }

  async collect(instance: InstanceRef, context: CollectContext, out: SectionWriter): Promise<void> {
    let target = this.#targets.get(instance);
    if (target === undefined) this.#targets.set(instance, (target = new Target(instance)));
    const seconds = () => (this.#clock.monotonicMs() - context.monotonicMs) / 1000;
    try {
      const { profile } = definitionsIn(instance);
      using fetched = await this.#fetcher.get(target.url, { profile, signal: context.signal });
      if (context.signal?.aborted) return;
      await target.read(fetched, context.signal);
      if (context.signal?.aborted) return;
    } catch (error) {
      if (context.signal?.aborted) return;
      target.forget();
      for (const family of OWN_FAMILIES) out.family(family);
      for (const [index, { name }] of OWN_FAMILIES.entries()) out.series(name, "", [seconds(), 0, 0][index]!);
      out.endSection(SECTION);
      out.failSection(SECTION, messageOf(error));
      throw error;
    }
    target.write(seconds(), context, out);
  }
}

/** What is known of one target from its last body. */
class Target {
  readonly url: URL;
  readonly #core = new CoreReader();
  #remembered: RememberedText | null = null;
  /** Of the series: another one when they may be others. */
  #key = {};
  /** Until it has been written: then the main thread has it. */
  #described: DescribedSeries | null = null;
  #values = new Float64Array(0);
  #samples = 0;
  /** Names of series that are kept; null: all. */
  readonly #keep: readonly RegExp[] | null;
  /** The kept ones among the values. */
  #kept = new Int32Array(0);
  /** The kept values, and those of Prometheus. */
  #written = new Float64Array(0);

  constructor(instance: InstanceRef) {
    this.url = new URL(targetUrl(instance));
    this.#keep = instance.definitions?.profile?.keep?.map((pattern) => wholeName(pattern)) ?? null;
  }

  /** Throws CollectFailure when the body is no metrics. */
  async read({ contentType, pieces }: Fetched, signal: AbortSignal | null): Promise<void> {
    const body = joined(pieces);
    if (this.#remembered?.read(body, this.#values) === true) return;
    this.forget();
    const format = formatOf(contentType, body);
    if (body.length > LARGE_BYTES) {
      // It is not remembered, and neither is its text: it is parsed anew each time.
      this.#use(await parseTextInSlices(body, format, { yieldToLoop, signal, keeps: this.#keeper() }));
      return;
    }
    const parsed = parseText(body, format);
    this.#use(parsed);
    this.#remembered = new RememberedText(parsed);
  }

  /** Which samples of a large body are kept: those of the snapshot, and those that core metrics are read from. */
  #keeper(): (name: string) => boolean {
    let kept = 0;
    let known = 0;
    return (name) => {
      if (kept < SERIES_MAX && isKept(name, this.#keep)) return ++kept > 0;
      return KNOWN.has(name) && ++known <= KNOWN_MAX;
    };
  }

  #use(parsed: ParsedSamples): void {
    const own = OWN_FAMILIES.map(({ name }) => name);
    const kept = keptSeries(parsed.names, this.#keep);
    const names = kept.map((index) => parsed.names[index]!);
    const labels = kept.map((index) => parsed.labels[index]!);
    const families = familiesOf(parsed.families, new Set(names));
    this.#described = {
      names: [...names, ...own],
      labels: [...labels, ...own.map(() => "")],
      families: [...families, ...OWN_FAMILIES],
    };
    this.#values = parsed.values;
    this.#kept = Int32Array.from(kept);
    this.#written = new Float64Array(kept.length + own.length);
    this.#core.use(parsed);
    this.#samples = parsed.samples;
    this.#key = {};
  }

  /** After a failure the series are others, and must be described again. */
  forget(): void {
    this.#remembered = null;
  }

  write(seconds: number, context: CollectContext, out: SectionWriter): void {
    this.#core.write(this.#values, context, out);
    const kept = this.#kept;
    for (let at = 0; at < kept.length; at++) this.#written[at] = this.#values[kept[at]!]!;
    this.#written.set([seconds, this.#samples, 1], kept.length);
    out.wholeSnapshot(this.#key, () => this.#takeDescribed(), this.#written);
  }

  #takeDescribed(): DescribedSeries {
    const described = this.#described!;
    this.#described = null;
    return described;
  }
}

/** Shared by all targets, since a body is read at once: a buffer per body is a reason for V8 to mark the whole heap. */
let joinBuffer = Buffer.allocUnsafe(64 * 1024);

/** The body as one; valid until the next call, unless it is large. */
function joined(pieces: readonly Buffer[]): Buffer {
  if (pieces.length === 1) return pieces[0]!;
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
  if (length > LARGE_BYTES) return Buffer.concat(pieces, length);
  if (joinBuffer.length < length) joinBuffer = Buffer.allocUnsafeSlow(length * 2);
  let end = 0;
  for (const piece of pieces) end += piece.copy(joinBuffer, end);
  return joinBuffer.subarray(0, length);
}

/** What a family's series add to its name. */
const SUFFIX = /_(?:total|bucket|sum|count|info|created|gsum|gcount)$/;

/** Indexes of the first series that are kept. */
function keptSeries(names: readonly string[], keep: readonly RegExp[] | null): number[] {
  const kept: number[] = [];
  for (let index = 0; index < names.length && kept.length < SERIES_MAX; index++) {
    if (isKept(names[index]!, keep)) kept.push(index);
  }
  return kept;
}

function wholeName(pattern: string): RegExp {
  const { source, flags } = compilePattern(pattern);
  return new RegExp(`^(?:${source})$`, flags);
}

function isKept(name: string, keep: readonly RegExp[] | null): boolean {
  if (OWN_NAMES.has(name)) return false;
  return keep === null || keep.some((pattern) => pattern.test(name));
}

/** The families of these series; those without a TYPE line are untyped. */
function familiesOf(families: readonly TextFamily[], ofSamples: ReadonlySet<string>): SourceFamily[] {
  const bases = new Set([...ofSamples].flatMap((name) => [name, name.replace(SUFFIX, "")]));
  const described = families.filter(({ name }) => bases.has(name)).map((family) => sourceFamily(family, ofSamples));
  const known = new Set(described.map(({ name }) => name));
  const others = [...ofSamples].filter((name) => !known.has(name) && !known.has(name.replace(SUFFIX, "")));
  return [...described, ...others.map((name): SourceFamily => ({ name, type: "untyped", help: "" }))];
}

/** The text format names a counter's family as its series; OpenMetrics leaves the suffix out. */
function sourceFamily({ name, type, help }: TextFamily, names: ReadonlySet<string>): SourceFamily {
  const isShortened = type === "counter" && !name.endsWith("_total") && names.has(`${name}_total`);
  return { name: isShortened ? `${name}_total` : name, type, help };
}

function formatOf(contentType: string, body: Buffer): ScrapeFormat {
  const type = contentType.split(";", 1)[0]!.trim().toLowerCase();
  if (type === "text/html" || /^\s*<(?:!doctype|html)/i.test(body.toString("latin1", 0, 100))) {
    throw new CollectFailure("invalid", "the target responds with HTML; is this the path of its metrics?");
  }
  return type === "application/openmetrics-text" ? "openmetrics" : "text";
}

import { CloudMonitorError } from "../../model/errors.ts";
import type { SeriesLayout, SeriesSection, SourceFamily } from "../../model/series-snapshot.ts";
import type { DescribedSeries } from "../../model/collector.ts";
import type { SectionFailure, SnapshotMessage } from "../protocol.ts";

/**
 * Of one section: a machine with 2,048 CPUs has a third of that in its largest. Beyond it the process would need gigabytes of memory for
 * a file that is not what it should be.
 */
const SERIES_MAX = 250_000;

/**
 * Builds the snapshots of one instance. As long as a collection writes the same series in the same order as the previous
 * one, only numbers are stored; the first difference creates a new layout.
 */
export class SnapshotBuilder {
  readonly #instanceId: number;
  #names: string[] = [];
  #labels: string[] = [];
  #values = new Float64Array(512);
  #sections: SeriesSection[] = [];
  #families: SourceFamily[] = [];
  #familyCount = 0;
  #failures: SectionFailure[] = [];
  /** Of the current section. */
  #problems: string[] = [];
  #count = 0;
  #sectionStart = 0;
  #changed = true;
  /** Of the current collection. */
  #whole: Whole | null = null;
  /** Of the last collection; null when its series were written one by one. */
  #wholeKey: object | null = null;
  #layout: SeriesLayout = { version: 0, sections: [], names: [], labels: [], families: [] };

  constructor(instanceId: number) {
    this.#instanceId = instanceId;
  }

  /** Starts a collection. */
  begin(): void {
    this.#count = 0;
    this.#sectionStart = 0;
    this.#sections = [];
    this.#familyCount = 0;
    this.#failures = [];
    this.#problems = [];
    this.#whole = null;
  }

  whole(key: object, describe: () => DescribedSeries, values: Float64Array): void {
    this.#whole = { collector: "", key, describe, values };
  }

  series(name: string, labels: string, value: number): void {
    if (this.#count - this.#sectionStart >= SERIES_MAX) {
      throw new CloudMonitorError("COLLECT_FAILED", `there are more than ${SERIES_MAX} series`);
    }
    const at = this.#count++;
    if (this.#names[at] !== name || this.#labels[at] !== labels) {
      this.#names[at] = name;
      this.#labels[at] = labels;
      this.#changed = true;
    }
    if (at === this.#values.length) this.#grow();
    this.#values[at] = value;
  }

  family(family: SourceFamily): void {
    const at = this.#familyCount++;
    const known = this.#families[at];
    if (known?.name === family.name && known.type === family.type && known.help === family.help) return;
    this.#families[at] = family;
    this.#changed = true;
  }

  problem(message: string): void {
    this.#problems.push(message);
  }

  endSection(collector: string): void {
    if (this.#whole !== null) this.#whole.collector = collector;
    for (const message of this.#problems) {
      this.#failures.push({ instanceId: this.#instanceId, collector, isPartial: true, isSlow: false, message });
    }
    this.#problems = [];
    if (this.#count === this.#sectionStart) return;
    this.#sections.push({ collector, start: this.#sectionStart, end: this.#count });
    this.#sectionStart = this.#count;
  }

  failSection(collector: string, message: string, isSlow = false): void {
    this.dropSection();
    this.#failures.push({ instanceId: this.#instanceId, collector, isPartial: false, isSlow, message });
  }

  /** Discards the series since the last section: a partial reading must not look complete. */
  dropSection(): void {
    this.#problems = [];
    this.#count = this.#sectionStart;
  }

  /** Sections that failed in this collection. */
  get failures(): readonly SectionFailure[] {
    return this.#failures;
  }

  /** Ends the collection; null when it has no series. The layout is included only when it is new. */
  finish(readAtMs: number): SnapshotMessage | null {
    if (this.#whole !== null) return this.#finishWhole(this.#whole, readAtMs);
    if (this.#count === 0) return null;
    this.#changed ||= this.#wholeKey !== null;
    this.#wholeKey = null;
    const isNew = this.#changed || this.#hasOtherCounts() || this.#sectionsMoved();
    if (isNew) this.#layout = this.#makeLayout();
    return {
      instanceId: this.#instanceId,
      layout: isNew ? this.#layout : null,
      values: this.#values.slice(0, this.#count),
      readAtMs,
    };
  }

  #finishWhole({ collector, key, describe, values }: Whole, readAtMs: number): SnapshotMessage {
    const isNew = key !== this.#wholeKey;
    this.#wholeKey = key;
    if (isNew) {
      const described = describe();
      const sections = [{ collector, start: 0, end: described.names.length }];
      this.#layout = { version: this.#layout.version + 1, sections, ...described };
    }
    // The layout has been sent then, and nothing here needs its strings again.
    const layout = isNew ? this.#layout : null;
    this.#layout = { ...this.#layout, ...NOTHING };
    return { instanceId: this.#instanceId, layout, values: values.slice(), readAtMs };
  }

  #hasOtherCounts(): boolean {
    const { families, names } = this.#layout;
    return this.#count !== names.length || this.#familyCount !== families.length;
  }

  #makeLayout(): SeriesLayout {
    this.#families.length = this.#familyCount;
    this.#names.length = this.#count;
    this.#labels.length = this.#count;
    this.#changed = false;
    return {
      version: this.#layout.version + 1,
      sections: this.#sections,
      names: [...this.#names],
      labels: [...this.#labels],
      families: [...this.#families],
    };
  }

  #sectionsMoved(): boolean {
    const before = this.#layout.sections;
    return (
      before.length !== this.#sections.length ||
      this.#sections.some((section, i) => section.end !== before[i]!.end || section.collector !== before[i]!.collector)
    );
  }

  #grow(): void {
    const wider = new Float64Array(this.#values.length * 2);
    wider.set(this.#values);
    this.#values = wider;
  }
}

interface Whole {
  /** Known when its section ends. */
  collector: string;
  readonly key: object;
  readonly describe: () => DescribedSeries;
  readonly values: Float64Array;
}

const NOTHING: DescribedSeries = { names: [], labels: [], families: [] };

import type { PageLayout, PageSection } from "../../model/page.ts";
import type { PageMessage } from "../shard-protocol.ts";

/**
 * Gathers the series of one reading. While collectors write the same series in the same order as before, only numbers
 * are stored; the first difference makes a new layout.
 */
export class PageBuilder {
  #names: string[] = [];
  #labels: string[] = [];
  #values = new Float64Array(512);
  #sections: PageSection[] = [];
  #count = 0;
  #sectionStart = 0;
  #changed = true;
  #layout: PageLayout = { version: 0, sections: [], names: [], labels: [] };

  /** Starts a reading. */
  begin(): void {
    this.#count = 0;
    this.#sectionStart = 0;
    this.#sections = [];
  }

  series(name: string, labels: string, value: number): void {
    const at = this.#count++;
    if (this.#names[at] !== name || this.#labels[at] !== labels) {
      this.#names[at] = name;
      this.#labels[at] = labels;
      this.#changed = true;
    }
    if (at === this.#values.length) this.#grow();
    this.#values[at] = value;
  }

  /** Ends the section of a collector that succeeded. */
  keepSection(collector: string): void {
    this.#sections.push({ collector, start: this.#sectionStart, end: this.#count });
    this.#sectionStart = this.#count;
  }

  /** Takes back what a collector wrote before it failed: half a reading must not look whole. */
  dropSection(): void {
    this.#count = this.#sectionStart;
  }

  /** Ends the reading. The layout is sent only when it is new. */
  finish(readAtMs: number): PageMessage {
    const isNew = this.#changed || this.#count !== this.#layout.names.length || this.#sectionsMoved();
    if (isNew) {
      this.#names.length = this.#count;
      this.#labels.length = this.#count;
      this.#layout = {
        version: this.#layout.version + 1,
        sections: this.#sections,
        names: [...this.#names],
        labels: [...this.#labels],
      };
      this.#changed = false;
    }
    return { layout: isNew ? this.#layout : null, values: this.#values.slice(0, this.#count), readAtMs };
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

import type { SampleWriter } from "../../model/collector.ts";
import { PROBE_FAMILIES } from "./probe-families.ts";
import type { ProbeFamily } from "./probe-families.ts";

/** What a probe learns, also when it fails: its series. */
export class ProbeReport {
  readonly #series = new Map<ProbeFamily, Map<string, number>>();
  /** The time that counts as the duration of the collection, seconds; null: that of the whole probe. */
  latencySeconds: number | null = null;

  /** `labels` as in `phase="connect"`. */
  set(family: ProbeFamily, value: number, labels = ""): void {
    let series = this.#series.get(family);
    if (series === undefined) this.#series.set(family, (series = new Map()));
    series.set(labels, value);
  }

  /** Adds to a phase, which may occur more than once. */
  addPhase(family: ProbeFamily, phase: string, seconds: number): void {
    const labels = phaseLabel(phase);
    this.set(family, (this.#series.get(family)?.get(labels) ?? 0) + seconds, labels);
  }

  /** The phases that there will be: a phase that was not reached took no time. */
  beginPhases(family: ProbeFamily, phases: readonly string[]): void {
    for (const phase of phases) this.set(family, 0, phaseLabel(phase));
  }

  write(out: SampleWriter): void {
    for (const family of PROBE_FAMILIES) {
      const series = this.#series.get(family.name as ProbeFamily);
      if (series === undefined) continue;
      out.family(family);
      for (const [labels, value] of series) out.series(family.name, labels, value);
    }
  }
}

function phaseLabel(phase: string): string {
  return `phase="${phase}"`;
}

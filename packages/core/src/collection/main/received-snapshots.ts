import type { SeriesLayout, SeriesSnapshot } from "../../model/series-snapshot.ts";
import type { SnapshotMessage } from "../protocol.ts";

/** Joins the snapshots of one thread with their layouts, which it sends only when they change. */
export class ReceivedSnapshots {
  readonly #layouts = new Map<number, SeriesLayout>();

  /** Null when the layout is not known, because the instance was removed in the meantime. */
  receive({ instanceId, layout: changed, values, readAtMs }: SnapshotMessage): SeriesSnapshot | null {
    if (changed !== null) this.#layouts.set(instanceId, changed);
    const layout = this.#layouts.get(instanceId);
    return layout === undefined ? null : { layout, values, readAtMs };
  }

  remove(instanceId: number): void {
    this.#layouts.delete(instanceId);
  }

  /** A new thread starts: it sends every layout again. */
  clear(): void {
    this.#layouts.clear();
  }
}

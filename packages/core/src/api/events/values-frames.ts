import type { InstanceValues } from "@cloud-monitor/client";
import type { Fleet } from "../../fleet/fleet.ts";
import { CORE_METRIC_NAMES, presentable } from "../../model/core-metrics.ts";
import type { Instance } from "../../model/instance.ts";
import type { StreamClient } from "./stream-client.ts";

interface Written {
  /** Equal while nothing changed. */
  readonly key: string;
  readonly json: string;
}

/** The values of instances as JSON, written once for all clients that want them. */
export class ValuesFrames {
  readonly #fleet: Fleet;
  readonly #written = new Map<number, Written>();

  constructor(fleet: Fleet) {
    this.#fleet = fleet;
  }

  /** What changed since the last frame for this client; empty when nothing did. */
  frameFor(client: StreamClient): string {
    const changed: string[] = [];
    for (const id of client.values) {
      const instance = this.#fleet.get(id);
      if (instance === undefined) continue;
      const { json, key } = this.#textOf(instance);
      if (client.sentValues.get(id) === key) continue;
      client.sentValues.set(id, key);
      changed.push(json);
    }
    return changed.length === 0 ? "" : `event: values\ndata: [${changed.join(",")}]\n\n`;
  }

  /** Forgets what no client wants any more. */
  keepOnly(ids: ReadonlySet<number>): void {
    for (const id of this.#written.keys()) if (!ids.has(id)) this.#written.delete(id);
  }

  #textOf(instance: Instance): Written {
    const row = this.#fleet.latest.row(instance.id);
    const timestampMs = row < 0 ? 0 : this.#fleet.latest.timestampMs(row);
    const key = `${timestampMs} ${this.#fleet.statusOf(instance)}`;
    const known = this.#written.get(instance.id);
    if (known?.key === key) return known;
    const written = { key, json: JSON.stringify(valuesOf(this.#fleet, instance)) };
    this.#written.set(instance.id, written);
    return written;
  }
}

function valuesOf(fleet: Fleet, instance: Instance): InstanceValues {
  const { latest } = fleet;
  const row = latest.row(instance.id);
  const value = (column: number) => (row < 0 ? null : presentable(column, latest.columns[column]![row]!));
  return {
    instanceId: fleet.publicId(instance.id),
    status: fleet.statusOf(instance),
    reason: fleet.reasonOf(instance),
    since: new Date(fleet.sinceMsOf(instance)).toISOString(),
    timestamp: row < 0 ? null : new Date(latest.timestampMs(row)).toISOString(),
    metrics: Object.fromEntries(CORE_METRIC_NAMES.map((name, column) => [name, value(column)])),
  };
}

import type { LatestView } from "../../fleet/fleet-view.ts";
import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import type { Statistic } from "../../model/catalogue/fleet.ts";
import { FLEET_AGGREGATES, fleetMetricName } from "../../model/catalogue/fleet.ts";
import { COLUMN, presentable } from "../../model/core-metrics.ts";
import type { InstanceKind, InstanceStatus } from "../../model/instance.ts";
import { INSTANCE_KINDS, INSTANCE_STATUSES } from "../../model/instance.ts";
import { BlockCache } from "../encoding/block-cache.ts";
import { columnFamily } from "../encoding/column-family.ts";
import type { Family } from "../encoding/family.ts";

const BLOCKS = new BlockCache();
const COLUMNS = FLEET_AGGREGATES.map(({ metric }) => COLUMN[metric]);

/** Counts and aggregates from one pass over the fleet: the number of series is independent of that of instances. */
export class FleetFamilies {
  readonly #statuses: Record<InstanceStatus, number> = { up: 0, down: 0, stale: 0, pending: 0 };
  readonly #kinds = new Map<InstanceKind, KindSummary>();

  /** `row` is the instance's row in `latest`; -1 for none. */
  add(
    instance: { readonly id: number; readonly kind: InstanceKind },
    status: InstanceStatus,
    latest: LatestView,
  ): void {
    this.#statuses[status]++;
    const row = status === "up" ? latest.row(instance.id) : -1;
    if (row < 0) return;
    const summary = this.#kinds.get(instance.kind) ?? new KindSummary();
    this.#kinds.set(instance.kind, summary);
    summary.add(latest.columns, row);
  }

  families(catalogue: Catalogue, allExposed: boolean): readonly Family[] {
    const kinds = INSTANCE_KINDS.filter((kind) => this.#kinds.has(kind));
    const head = (name: string) => catalogue.find(name)!;
    return [
      columnFamily(head("cloud_monitor_instances_exposed"), [BLOCKS.of({})], [allExposed ? 1 : 0]),
      columnFamily(
        head("cloud_monitor_instances"),
        INSTANCE_STATUSES.map((status) => BLOCKS.of({ status })),
        INSTANCE_STATUSES.map((status) => this.#statuses[status]),
      ),
      columnFamily(
        head("cloud_monitor_fleet_instances"),
        kinds.map((kind) => BLOCKS.of({ kind })),
        kinds.map((kind) => this.#kinds.get(kind)!.instances),
      ),
      ...FLEET_AGGREGATES.map(({ metric }, aggregate) =>
        this.#aggregateFamily(head(fleetMetricName(metric)), aggregate, kinds),
      ),
    ];
  }

  #aggregateFamily(
    head: Parameters<typeof columnFamily>[0],
    aggregate: number,
    kinds: readonly InstanceKind[],
  ): Family {
    const blocks: string[] = [];
    const values: number[] = [];
    for (const kind of kinds) {
      for (const statistic of FLEET_AGGREGATES[aggregate]!.statistics) {
        const value = this.#kinds.get(kind)!.value(aggregate, statistic);
        if (value === null) continue;
        blocks.push(BLOCKS.of({ kind, statistic }));
        values.push(value);
      }
    }
    return columnFamily(head, blocks, values);
  }
}

/** Running sums over the instances of one kind, one slot per aggregate; unknown values are not counted. */
class KindSummary {
  instances = 0;
  readonly #counts = new Float64Array(COLUMNS.length);
  readonly #sums = new Float64Array(COLUMNS.length);
  readonly #maxima = new Float64Array(COLUMNS.length).fill(Number.NEGATIVE_INFINITY);

  add(columns: readonly Float64Array[], row: number): void {
    this.instances++;
    for (let i = 0; i < COLUMNS.length; i++) {
      const value = columns[COLUMNS[i]!]![row]!;
      if (Number.isNaN(value)) continue;
      this.#counts[i]!++;
      this.#sums[i]! += value;
      if (value > this.#maxima[i]!) this.#maxima[i] = value;
    }
  }

  /** Null while no instance has the metric. */
  value(aggregate: number, statistic: Statistic): number | null {
    const count = this.#counts[aggregate]!;
    if (count === 0) return null;
    const sum = this.#sums[aggregate]!;
    switch (statistic) {
      case "avg":
        return presentable(COLUMNS[aggregate]!, sum / count);
      case "max":
        return presentable(COLUMNS[aggregate]!, this.#maxima[aggregate]!);
      case "sum":
        return presentable(COLUMNS[aggregate]!, sum);
      default: {
        const unreachable: never = statistic;
        return unreachable;
      }
    }
  }
}

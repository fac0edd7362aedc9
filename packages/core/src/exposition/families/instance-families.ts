import type { LatestView } from "../../fleet/fleet-view.ts";
import { instanceMetricName } from "../../model/catalogue/fleet.ts";
import type { Catalogue } from "../../model/catalogue/catalogue.ts";
import { COLUMN, CORE_METRICS, presentable } from "../../model/core-metrics.ts";
import type { Instance, InstanceStatus } from "../../model/instance.ts";
import { columnFamily } from "../encoding/column-family.ts";
import type { Family } from "../encoding/family.ts";
import { labelBlock } from "../../model/label-text.ts";
import { seriesBlock } from "../encoding/series-block.ts";

interface Series {
  readonly blocks: string[];
  readonly values: number[];
}

interface InstanceBlocks {
  readonly values: string;
  readonly info: string;
}

// Keyed by object: a changed instance is a new object, and the blocks of a deleted one are garbage-collected.
const BLOCKS = new WeakMap<Instance, InstanceBlocks>();

/**
 * The series of each instance from one pass over the fleet. An `up` instance has all its known values, a `down` one only
 * its `up` 0, others only their info: old values must not be taken for current ones.
 */
export class InstanceFamilies {
  readonly #hostId: number;
  readonly #columns: readonly Series[] = CORE_METRICS.map(() => ({ blocks: [], values: [] }));
  readonly #info: Series = { blocks: [], values: [] };

  constructor(hostId: number) {
    this.#hostId = hostId;
  }

  add(instance: Instance, status: InstanceStatus, latest: LatestView): void {
    const blocks = this.#blocksOf(instance);
    push(this.#info, blocks.info, 1);
    if (status === "down") push(this.#columns[COLUMN.up]!, blocks.values, 0);
    const row = status === "up" ? latest.row(instance.id) : -1;
    if (row < 0) return;
    for (let column = 0; column < this.#columns.length; column++) {
      const value = presentable(column, latest.columns[column]![row]!);
      if (value !== null) push(this.#columns[column]!, blocks.values, value);
    }
  }

  families(catalogue: Catalogue): readonly Family[] {
    const info = catalogue.find("cloud_monitor_instance_info")!;
    return [
      columnFamily(info, this.#info.blocks, this.#info.values),
      ...CORE_METRICS.map(({ name }, column) => {
        const { blocks, values } = this.#columns[column]!;
        return columnFamily(catalogue.find(instanceMetricName(name))!, blocks, values);
      }),
    ];
  }

  #blocksOf(instance: Instance): InstanceBlocks {
    const known = BLOCKS.get(instance);
    if (known !== undefined) return known;
    const id = instance.id === this.#hostId ? "0" : String(instance.id);
    const { name, ip, kind, source } = instance;
    const blocks = {
      values: seriesBlock(labelBlock({ id, name })),
      info: seriesBlock(labelBlock({ ...joinable(instance.labels), id, name, ip, kind, source })),
    };
    BLOCKS.set(instance, blocks);
    return blocks;
  }
}

/** Names that begin with two underscores are reserved by Prometheus; `__name__` would rename the series. */
function joinable(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith("__")));
}

function push(series: Series, block: string, value: number): void {
  series.blocks.push(block);
  series.values.push(value);
}

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

// By object: an instance that changes is a new object, one that is deleted takes its blocks along.
const BLOCKS = new WeakMap<Instance, InstanceBlocks>();

/**
 * The series of each instance as of one walk over the fleet. `up` instances show what is known of them, a `down` one only
 * its `up` 0, others nothing but their info: old values that stay on the page would pass for new ones.
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

/** Names that begin with two underscores are Prometheus' own; `__name__` would rename the series. */
function joinable(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !name.startsWith("__")));
}

function push(series: Series, block: string, value: number): void {
  series.blocks.push(block);
  series.values.push(value);
}

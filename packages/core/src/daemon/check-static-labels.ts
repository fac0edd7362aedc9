import type { LoadedConfig } from "../config/loaded-config.ts";
import { CloudMonitorError } from "../model/errors.ts";
import { labelsOf } from "../model/setting/values/label-pairs.ts";
import { CATALOGUE } from "./catalogue.ts";

/** Labels of the parts of histograms and summaries, which are in no definition. */
const OF_PARTS = ["le", "quantile"];

/** Throws `CONFIG_INVALID` when a label of every series is one that a family has itself. */
export function checkStaticLabels({ config, origins }: LoadedConfig): void {
  const details = Object.keys(labelsOf(config.metrics.labels)).flatMap((label) => {
    const family = CATALOGUE.definitions.find(({ labels }) => labels.includes(label))?.name;
    const user = family ?? (OF_PARTS.includes(label) ? "a histogram or summary" : null);
    if (user === null) return [];
    const where = origins.get("metrics.labels") ?? "metrics.labels";
    return [{ where, message: `found the label ${label}, which ${user} has itself; wanted another name` }];
  });
  if (details.length > 0) throw new CloudMonitorError("CONFIG_INVALID", "the configuration is invalid", { details });
}

import { SCRAPE_FAMILIES } from "../../collectors/host/scrape-families.ts";
import { Catalogue } from "../../model/catalogue/catalogue.ts";
import { FLEET_METRICS } from "../../model/catalogue/fleet.ts";
import { counter, metricSource } from "../../model/own-metric.ts";
import type { MetricSource } from "../../model/own-metric.ts";

const METRIC = counter<number>({
  name: "cloud_monitor_a_sample_total",
  help: "A metric of a part.",
  read: (count) => count,
});

/** The families of a fleet and one component. */
export const SAMPLE_CATALOGUE = new Catalogue([
  ...FLEET_METRICS,
  ...SCRAPE_FAMILIES.map((family) => ({ ...family, origin: "daemon" })),
  METRIC,
]);

/** A component with a counter of 900; `onRead` is called at each reading. */
export function sampleSource(onRead: () => void = () => {}): MetricSource {
  return metricSource([METRIC], () => {
    onRead();
    return 900;
  });
}

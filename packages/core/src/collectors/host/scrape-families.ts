import { families } from "./families.ts";

/** The families about each host collector, written by the set that runs them. */
export const SCRAPE_FAMILIES = families(
  { type: "gauge", labels: ["collector"] },
  {
    node_scrape_collector_duration_seconds: "Duration of the host collector's last reading.",
    node_scrape_collector_success: "1 if the host collector could read its source at the last reading.",
  },
);

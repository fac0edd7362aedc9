import { families } from "./families.ts";

/** What whoever runs the host's collectors writes about each of them. */
export const SCRAPE_FAMILIES = families(
  { type: "gauge", labels: ["collector"] },
  {
    node_scrape_collector_duration_seconds: "Time that the host collector took at the last reading.",
    node_scrape_collector_success: "1 when the host collector could read its source at the last reading.",
  },
);

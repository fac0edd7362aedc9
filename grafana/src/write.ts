import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { DASHBOARDS } from "./all.ts";

/** Writes the dashboards that Grafana loads; `pnpm run dashboards` formats them too. */
for (const [name, dashboard] of Object.entries(DASHBOARDS)) {
  const file = join(import.meta.dirname, "../dashboards", `${name}.json`);
  writeFileSync(file, `${JSON.stringify(dashboard, null, 2)}\n`);
}

import type { Family } from "./family.ts";
import type { TextFormat } from "./text-format.ts";

const COUNTER_SUFFIX = "_total";

/**
 * HELP, TYPE and UNIT lines of a family. `taken` are the names of all families of the page: OpenMetrics names a counter's
 * family without `_total`, which may be the name of another family.
 */
export function familyHeader(family: Family, format: TextFormat, taken: ReadonlySet<string>): string {
  if (format === "text") {
    const help = family.help === "" ? "" : `# HELP ${family.name} ${escapeHelp(family.help)}\n`;
    return `${help}# TYPE ${family.name} ${family.type}\n`;
  }
  const { name, type } = openMetricsHead(family, taken);
  const unit = family.unit !== "" && name.endsWith(`_${family.unit}`) ? `# UNIT ${name} ${family.unit}\n` : "";
  const help = family.help === "" ? "" : `# HELP ${name} ${escapeHelp(family.help).replaceAll('"', '\\"')}\n`;
  return `# TYPE ${name} ${type}\n${unit}${help}`;
}

/**
 * OpenMetrics lets only samples ending in `_total` belong to a counter and each family name be there once. What does not
 * fit keeps its sample's name, by which dashboards know it, and loses its type.
 */
function openMetricsHead(family: Family, taken: ReadonlySet<string>): { name: string; type: string } {
  if (family.type === "untyped") return { name: family.name, type: "unknown" };
  if (family.type !== "counter") return { name: family.name, type: family.type };
  const bare = family.name.slice(0, -COUNTER_SUFFIX.length);
  const fits = family.name.endsWith(COUNTER_SUFFIX) && bare !== "" && !taken.has(bare);
  return fits ? { name: bare, type: "counter" } : { name: family.name, type: "unknown" };
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

import type { FamilyHead } from "./family.ts";
import type { TextFormat } from "./text-format.ts";

const COUNTER_SUFFIX = "_total";

/**
 * Headers are few and live as long as the daemon; rendering them each time took a tenth of a response's time. Made with join,
 * for the reason that `seriesBlock` gives.
 */
const KNOWN = new WeakMap<FamilyHead, Headers>();

interface Headers {
  readonly text: string;
  readonly openMetrics: string;
  /** The name under which OpenMetrics knows a counter, and what is written where another family has it; else null. */
  readonly bareName: string | null;
  readonly openMetricsNames: string;
}

/**
 * HELP, TYPE and UNIT lines of a family. `taken` are the names of all families of the response: OpenMetrics names a counter's
 * family without `_total`, which may be the name of another family.
 */
export function familyHeader(head: FamilyHead, format: TextFormat, taken: ReadonlySet<string>): string {
  let headers = KNOWN.get(head);
  if (headers === undefined) KNOWN.set(head, (headers = headersOf(head)));
  if (format === "text") return headers.text;
  const isTaken = headers.bareName !== null && taken.has(headers.bareName);
  return isTaken ? headers.openMetricsNames : headers.openMetrics;
}

/**
 * In OpenMetrics, only samples ending in `_total` may belong to a counter, and each family name may occur once. A family that
 * does not conform keeps its sample name, which dashboards use, and loses its type.
 */
function headersOf(head: FamilyHead): Headers {
  const { name, type } = head;
  const text = textHeader(head);
  const untyped = openMetricsHeader(name, "unknown", head);
  if (type === "untyped") return { text, openMetrics: untyped, bareName: null, openMetricsNames: untyped };
  const bare = name.slice(0, -COUNTER_SUFFIX.length);
  if (type !== "counter") {
    const typed = openMetricsHeader(name, type, head);
    return { text, openMetrics: typed, bareName: null, openMetricsNames: typed };
  }
  const fits = name.endsWith(COUNTER_SUFFIX) && bare !== "";
  if (!fits) return { text, openMetrics: untyped, bareName: null, openMetricsNames: untyped };
  return { text, openMetrics: openMetricsHeader(bare, type, head), bareName: bare, openMetricsNames: untyped };
}

function textHeader({ name, type, help }: FamilyHead): string {
  const helpLine = help === "" ? "" : `# HELP ${name} ${escapeHelp(help)}\n`;
  return [helpLine, `# TYPE ${name} ${type}\n`].join("");
}

function openMetricsHeader(name: string, type: string, head: FamilyHead): string {
  const unit = head.unit !== "" && name.endsWith(`_${head.unit}`) ? `# UNIT ${name} ${head.unit}\n` : "";
  const help = head.help === "" ? "" : `# HELP ${name} ${escapeHelp(head.help).replaceAll('"', '\\"')}\n`;
  return [`# TYPE ${name} ${type}\n`, unit, help].join("");
}

function escapeHelp(help: string): string {
  return help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
}

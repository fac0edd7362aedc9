import type { MetricDefinition } from "../../model/catalogue/definition.ts";

/** The rows of a table of docs/metrics.md. */
export function metricsRows(definitions: readonly MetricDefinition[]): string[] {
  return definitions.map(({ name, type, labels, help }) => {
    return `| \`${name}\` | ${type} | ${labels.map((label) => `\`${label}\``).join(", ")} | ${help} |`;
  });
}

import type { MetricDefinition } from "../../model/catalogue/definition.ts";

/** A family of this host; the registry knows its collector. */
export type HostFamily = Omit<MetricDefinition, "origin">;

/** Families that differ only in name and help; the unit follows from the end of the name. */
export function families(
  shared: Pick<HostFamily, "type" | "labels">,
  helpByName: Readonly<Record<string, string>>,
): HostFamily[] {
  return Object.entries(helpByName).map(([name, help]) => ({ ...shared, name, help, unit: unitOf(name) }));
}

function unitOf(name: string): string {
  return /_(bytes|seconds|percent)(?:_total)?$/.exec(name)?.[1] ?? "";
}

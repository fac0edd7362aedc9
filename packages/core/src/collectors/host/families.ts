import type { MetricDefinition } from "../../model/catalogue/definition.ts";

/** A family of this host; which collector writes it, the registry knows. */
export type HostFamily = Omit<MetricDefinition, "origin">;

/** Families that differ in name and help alone; the name's end tells the unit. */
export function families(
  shared: Pick<HostFamily, "type" | "labels">,
  helpByName: Readonly<Record<string, string>>,
): HostFamily[] {
  return Object.entries(helpByName).map(([name, help]) => ({ ...shared, name, help, unit: unitOf(name) }));
}

function unitOf(name: string): string {
  return /_(bytes|seconds|percent)(?:_total)?$/.exec(name)?.[1] ?? "";
}

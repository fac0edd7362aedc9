import { HOST_FAMILIES } from "../registry.ts";

/** The rows of docs/metrics-host.md. */
export function hostFamiliesRows(): string[] {
  return HOST_FAMILIES.map(({ name, type, labels, help, origin }) => {
    const names = labels.map((label) => `\`${label}\``).join(", ");
    return `| \`${name}\` | ${type} | ${names || "-"} | ${help} | ${origin} |`;
  });
}

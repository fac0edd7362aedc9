/**
 * A label block without braces, names in alphabetical order, escaped as the Prometheus text format 0.0.4 asks
 * (backslash, double quote, line feed). Other control characters, which a mount point may hold, become U+FFFD.
 */
export function renderLabels(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}="${escapeValue(labels[name]!)}"`)
    .join(",");
}

function escapeValue(value: string): string {
  return value
    .toWellFormed()
    .replace(/\\/g, "\\\\")
    .replace(/"/g, '\\"')
    .replace(/\n/g, "\\n")
    .replace(/[\0-\x08\x0b-\x1f\x7f\u2028\u2029]/g, "\uFFFD");
}

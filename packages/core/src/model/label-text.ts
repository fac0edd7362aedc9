/**
 * Characters replaced in labels: control characters except tab, line feed and the four separators of ASCII, and the line
 * separators of Unicode. Both text formats allow them, but terminals interpret them, and some parsers end a line at them.
 */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001b\u007f-\u009f\u2028\u2029]/g;
/** Characters that are not written literally. */
const SPECIAL = /[\u0000-\u0008\u000a-\u001b"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/;

/** The label text as a reader gets it: each replaced character, and each lone surrogate, is U+FFFD. */
export function labelText(value: string): string {
  return value.toWellFormed().replace(UNPRINTABLE, "\ufffd");
}

/** The label text with `\`, `"` and line feed escaped, as required by both the Prometheus text format 0.0.4 and OpenMetrics 1.0. */
export function escapeLabelValue(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return labelText(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/**
 * Labels as written between the braces of a series: names in alphabetical order, values escaped.
 * Names are trusted (from the catalogue, or validated when an instance was created), values are not.
 */
export function labelBlock(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}="${escapeLabelValue(labels[name]!)}"`)
    .join(",");
}

/**
 * What no label shows: control characters but tab and line feed, and the line separators of Unicode. Both text formats would
 * let them pass; terminals obey them, and some readers of lines end a line at them.
 */
const UNPRINTABLE = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;
/** What is not written as it stands. */
const SPECIAL = /[\u0000-\u0008\u000a-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/;

/** The text that a reader of a label gets back: each character that no label shows, and each half surrogate, is U+FFFD. */
export function labelText(value: string): string {
  return value.toWellFormed().replace(UNPRINTABLE, "\ufffd");
}

/** The label text with `\`, `"` and line feed escaped, as the Prometheus text format 0.0.4 and OpenMetrics 1.0 ask alike. */
export function escapeLabelValue(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return labelText(value).replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

/**
 * Labels as they stand between the braces of a series: names in alphabetical order, values escaped.
 * Names are trusted (they come from the catalogue or were checked when an instance was made), values are not.
 */
export function labelBlock(labels: Readonly<Record<string, string>>): string {
  return Object.keys(labels)
    .sort()
    .map((name) => `${name}="${escapeLabelValue(labels[name]!)}"`)
    .join(",");
}

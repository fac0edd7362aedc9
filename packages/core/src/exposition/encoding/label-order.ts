const LABEL_VALUE = /="((?:[^"\\]|\\.)*)"/g;

/** The unescaped label values of a rendered block, in its order. */
export function labelValues(block: string): readonly string[] {
  return Array.from(block.matchAll(LABEL_VALUE), ([, escaped]) => unescape(escaped!));
}

/** Fewer labels first, then value by value, as the Go client of Prometheus orders series. */
export function compareTuples(a: readonly string[], b: readonly string[]): number {
  if (a.length !== b.length) return a.length - b.length;
  const at = a.findIndex((value, index) => value !== b[index]);
  return at < 0 ? 0 : a[at]! < b[at]! ? -1 : 1;
}

function unescape(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => (char === "n" ? "\n" : char));
}

const STRING = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/.source;
const MATCHERS = String.raw`\{(?:[^}"']|${STRING})*\}`;
/** `by (zone)` and the like: labels, not metrics. */
const LABEL_LIST = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const RANGE = /\[[^\]]*\]/g;
const SELECTOR = new RegExp(String.raw`(?<![\w:."'])([a-zA-Z_:][\w:]*)\s*(${MATCHERS})?(?!\s*\(|[\w:])`, "g");
const WORDS = new Set(
  "and or unless bool offset inf nan atan2 by without on ignoring group_left group_right".split(" "),
);

/** The distinct instant vectors of an expression: metric and matchers, without range and offset. */
export function selectorsOf(expression: string): string[] {
  const bare = expression.replaceAll(RANGE, " ").replaceAll(LABEL_LIST, " ");
  const found = [...bare.matchAll(SELECTOR)]
    .filter(([, metric]) => !WORDS.has(metric!.toLowerCase()))
    .map(([, metric, matchers]) => `${metric}${matchers ?? ""}`);
  return [...new Set(found)];
}

/** The metric of a selector. */
export function metricOf(selector: string): string {
  return /^[\w:]+/.exec(selector)![0];
}

const STRINGS = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g;
const MATCHERS_AND_RANGES = /\{[^}]*\}|\[[^\]]*\]/g;
const LABEL_LISTS = /\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
const OFFSETS = /\boffset\s+-?\w+/g;
const IDENTIFIERS = /[a-zA-Z_:][\w:]*(?!\w|:|\s*\()/g;
const KEYWORDS = new Set("and bool by group_left group_right ignoring inf nan on or unless without".split(" "));

/** The metric names in an expression: identifiers that are not a function, keyword, label or duration. */
export function promqlNames(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(STRINGS, "")
    .replaceAll(MATCHERS_AND_RANGES, " ")
    .replaceAll(LABEL_LISTS, " $1 ")
    .replaceAll(OFFSETS, " ")
    .replaceAll(/(?<![\w:])[\d.]+(e-?\d+|[smhdwy])?/g, " ");
  const names = bare.match(IDENTIFIERS) ?? [];
  return [...new Set(names)].filter((name) => !KEYWORDS.has(name.toLowerCase()) && !isAggregation(bare, name));
}

/** In `sum by (zone) (...)` the parenthesis of the function follows the word `by`. */
function isAggregation(bare: string, name: string): boolean {
  return new RegExp(`(?<![\\w:])${name}\\s+(by|without)\\b`).test(bare);
}

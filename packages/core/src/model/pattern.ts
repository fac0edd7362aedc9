/** Flags at the beginning of a pattern, as in the regular expressions of Go: `(?i)error`. */
const LEADING_FLAGS = /^\(\?([ims]+)\)/;

/** A regular expression of JavaScript, which may begin with flags. Throws SyntaxError. */
export function compilePattern(text: string): RegExp {
  const flags = LEADING_FLAGS.exec(text);
  return flags === null ? new RegExp(text) : new RegExp(text.slice(flags[0].length), flags[1]);
}

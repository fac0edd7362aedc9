/**
 * A pattern of one character that is fit for terminals, logs and pages, and that people see. Not among them: control
 * characters, lone surrogates, line separators, what turns the writing direction, what has no width or looks like a blank
 * (two names could differ in nothing but these), and blanks other than the plain one. The selector that makes a sign an
 * emoji may follow such a sign.
 */
export const PLAIN =
  "(?:[^\\p{Cc}\\p{Cf}\\p{Cs}\\p{Z}\\p{Default_Ignorable_Code_Point}\\p{Noncharacter_Code_Point}\\u2800]" +
  "| |(?<=\\p{Extended_Pictographic})\\uFE0F)";

/** The code point of the first character of a text that is not plain, as `U+200B`; null when there is none. */
export function oddCharacterOf(text: string): string | null {
  const plain = new RegExp(`${PLAIN}*`, "uy");
  plain.test(text);
  const code = text.codePointAt(plain.lastIndex);
  return code === undefined ? null : `U+${code.toString(16).toUpperCase().padStart(4, "0")}`;
}

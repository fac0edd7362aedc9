/**
 * A pattern of one visible character that is safe for terminals, logs and pages. Excluded are control characters, lone
 * surrogates, line separators, characters that change the writing direction, that have no width or look like a space
 * (two names could differ only in these), and spaces other than the plain one. The variation selector for emoji may
 * follow a character that has an emoji form.
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

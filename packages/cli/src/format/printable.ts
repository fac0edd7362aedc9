/** Text from elsewhere without control characters, which could steer the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}|\p{Bidi_Control}|[\u2028\u2029]/gu, "\u{fffd}");
}

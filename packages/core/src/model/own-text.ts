/** A copy: a part of a string keeps the whole of it in memory, such as the body that it was found in. */
export function ownText(text: string): string {
  return Buffer.from(text).toString();
}

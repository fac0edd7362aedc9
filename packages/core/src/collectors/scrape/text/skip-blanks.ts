/** The offset of the first character from `start` on that is neither a space nor a tab; `end` when there is none. */
export function skipBlanks(text: string, start: number, end: number): number {
  let at = start;
  for (; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code !== 0x20 && code !== 0x09) break;
  }
  return at;
}

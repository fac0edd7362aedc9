/** The end of a program's complaint, short enough for one line of a log. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join("; ").slice(-600);
}

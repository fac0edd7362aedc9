/** The end of a program's error output, short enough for one log line. */
export function lastLines(text: string): string {
  return text.trim().split("\n").slice(-3).join("; ").slice(-600);
}

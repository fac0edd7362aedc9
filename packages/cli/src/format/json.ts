export function formatJson(data: unknown): string {
  return `${JSON.stringify(data, undefined, 2)}\n`;
}

/** One object per line, for streams. */
export function formatJsonLine(data: unknown): string {
  return `${JSON.stringify(data)}\n`;
}

/** `["zone=a", "role=web"]` as `{zone: "a", role: "web"}`. A value may contain further `=`. */
export function parseLabels(pairs: readonly string[]): Record<string, string> {
  const labels = new Map<string, string>();
  for (const pair of pairs.map(checkLabel)) {
    const at = pair.indexOf("=");
    const name = pair.slice(0, at);
    if (labels.has(name)) throw new Error(`label "${name}" is given twice; give it once`);
    labels.set(name, pair.slice(at + 1));
  }
  return Object.fromEntries(labels);
}

export function checkLabel(pair: string): string {
  if (pair.indexOf("=") > 0) return pair;
  throw new Error(`"${pair}" is not a label; write name=value`);
}

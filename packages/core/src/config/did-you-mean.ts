/** `; did you mean "http.port"?`, or "" when no candidate is close. */
export function didYouMean(found: string, candidates: readonly string[]): string {
  const near = nearest(found.toLowerCase().slice(0, LENGTH_MAX), candidates);
  return near === null ? "" : `; did you mean "${near}"?`;
}

/** Longer words are truncated for comparison: the cost is the product of both lengths. */
const LENGTH_MAX = 80;

function nearest(found: string, candidates: readonly string[]): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(1, Math.floor(found.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(found, candidate.toLowerCase());
    if (distance >= bestDistance) continue;
    best = candidate;
    bestDistance = distance;
  }
  return best;
}

/** Levenshtein distance: insertions, deletions and substitutions that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(replaced, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

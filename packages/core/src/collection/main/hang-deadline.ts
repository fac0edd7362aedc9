/**
 * After how long without progress a thread counts as hung: one and a half of its shortest interval, so that its other
 * instances miss at most two collections; at least 1.5 s, since a starved machine is no hang; at most 10 s.
 */
export function hangDeadlineMs(intervalsSeconds: Iterable<number>): number {
  let shortest = Infinity;
  for (const interval of intervalsSeconds) if (interval < shortest) shortest = interval;
  return Math.min(10_000, Math.max(1_500, shortest * 1_500));
}

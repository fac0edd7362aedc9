/**
 * The time without progress after which a thread counts as hung: 1.5 times its shortest interval, so that its other
 * instances miss at most two collections; at least 1.5 s, since an overloaded machine is not a hang; at most 10 s.
 */
export function hangDeadlineMs(intervalsSeconds: Iterable<number>): number {
  let shortest = Infinity;
  for (const interval of intervalsSeconds) if (interval < shortest) shortest = interval;
  return Math.min(10_000, Math.max(1_500, shortest * 1_500));
}

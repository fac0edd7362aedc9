/**
 * After how long without an answer a thread counts as hung: one and a half of its shortest interval, so that its other
 * instances miss at most two collections; at least 1.5 s, since a starved machine is no hang; at most 10 s.
 */
export function hangDeadlineMs(instances: Iterable<{ readonly interval: number }>): number {
  let shortest = Infinity;
  for (const { interval } of instances) if (interval < shortest) shortest = interval;
  return Math.min(10_000, Math.max(1_500, shortest * 1_500));
}

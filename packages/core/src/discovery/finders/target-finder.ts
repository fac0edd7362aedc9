import type { TargetGroup } from "../../model/discovery-jobs.ts";

/** Receives what a finder finds; must not throw. */
export interface FinderListener {
  /** All groups that it has now. A group that did not change is the same object as before. */
  found(groups: readonly TargetGroup[]): void;
  /** It was read again, and nothing has changed. */
  confirmed(): void;
  /** It cannot be read; what was found before stays. */
  failed(problem: string): void;
}

/** Finds targets: a stream of complete sets of groups. */
export interface TargetFinder {
  /** For people: a path, a URL, names. */
  readonly location: string;
  start(listener: FinderListener): void;
  /** What it has now: read anew, or what a watch has shown. Rejects with what is wrong. */
  look(): Promise<readonly TargetGroup[]>;
  /** Idempotent. */
  stop(): void;
}

/** Limits of what a source may say, for all finders. */
export const FINDER_LIMITS = {
  /** Targets of a finder. */
  targetsMax: 200_000,
  /** Labels of a group, and bytes of their names and values together. */
  labelsMax: 128,
  labelBytesMax: 64 * 1024,
} as const;

import { describe, expect, test } from "@jest/globals";
import { SAMPLE_STATS } from "../exposition/testing/sample-stats.ts";
import { healthParts } from "./health-parts.ts";

const DROPPED = { queue_full: 0, duplicate_key: 5, refused: 0, shutdown: 0 };
const SINK = { ...SAMPLE_STATS.sinks.storage, waiting: 0, rowsMax: 100, oldestSeconds: null, dropped: DROPPED };
const STATS = {
  ...SAMPLE_STATS,
  threads: { ...SAMPLE_STATS.threads, configured: 1, running: 1, stuck: 0 },
  sinks: { storage: SINK },
};
const WELL = { available: true, reason: null };

function partsOf(given: {
  writing?: { available: boolean; reason: string | null };
  stats?: object;
  serving?: boolean;
}) {
  return healthParts({
    stats: () => ({ ...STATS, ...given.stats }),
    storage: { kind: "postgres", location: "there" },
    writing: given.writing ?? WELL,
    serving: () => given.serving ?? true,
  });
}

describe("health", () => {
  test("has no problems, and is ready, while samples are taken", () => {
    expect(partsOf({})).toMatchObject({ ready: true, problems: [], storage: { available: true, reason: null } });
  });

  test("is neither while the storage takes none, and says why", () => {
    const parts = partsOf({ writing: { available: false, reason: "it is read-only" } });

    expect(parts).toMatchObject({
      ready: false,
      problems: ["the storage takes no samples: it is read-only"],
      storage: { available: false, reason: "it is read-only" },
    });
  });

  test("names samples that wait long for a storage that takes some: that is slow, not away", () => {
    const parts = partsOf({ stats: { sinks: { storage: { ...SINK, waiting: 5, oldestSeconds: 75.5 } } } });

    expect(parts).toMatchObject({ ready: true, problems: ["samples have waited 75 s for the storage"] });
  });

  test("is not ready before the start is complete and from the stop on", () => {
    expect(partsOf({ serving: false }).ready).toBe(false);
  });

  test("says how many threads are stuck in the kernel, and that a restart frees the memory", () => {
    const { problems, threads } = partsOf({ stats: { threads: { ...STATS.threads, stuck: 2 } } });

    expect(threads.stuck).toBe(2);
    expect(problems).toEqual([
      "2 collector threads are stuck in the kernel, in reads that do not return; a restart frees the memory",
    ]);
  });

  test("tells the uptime of the monotonic clock", () => {
    expect(partsOf({}).uptimeSeconds).toBe(STATS.uptimeSeconds);
  });
});

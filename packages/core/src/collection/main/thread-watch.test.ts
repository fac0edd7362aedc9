import { describe, expect, test } from "@jest/globals";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { Progress } from "../progress.ts";
import { ThreadWatch } from "./thread-watch.ts";

const TRIAL = { collectingMs: 250, betweenMs: 1_500, processorMs: 100, fillingMs: 5_000 };
const HOME = { collectingMs: 1_500, betweenMs: 1_500, processorMs: null, fillingMs: 300 };

type Thread = { ranMs: number; waitedMs: number; heap: number | null };

/** A ready thread; `use` is called with each step of the clock. */
function watched(limits: typeof TRIAL | typeof HOME, { isReady = true, hasUsage = true } = {}) {
  const clock = new ManualClock();
  const progress = new Progress();
  const thread: Thread = { ranMs: 0, waitedMs: 0, heap: 7e6 };
  const verdicts: string[] = [];
  if (isReady) progress.ready(1);
  progress.reset();
  const watch = new ThreadWatch({
    clock,
    progress,
    limits,
    usage: () => (hasUsage ? { ...thread } : null),
    heapUsed: () => (thread.heap === null ? new Promise(() => {}) : Promise.resolve(thread.heap)),
    onLost: (reason) => verdicts.push(reason),
  });
  /** Milliseconds until the decision, or `maxMs`. */
  const pass = async (maxMs: number, use: (thread: Thread) => void = () => {}): Promise<number> => {
    for (let ms = 5; ms <= maxMs; ms += 5) {
      use(thread);
      clock.advance(5);
      await Promise.resolve();
      await Promise.resolve();
      if (verdicts.length > 0) return ms;
    }
    return maxMs;
  };
  return { clock, progress, verdicts, watch, pass };
}

const runs = (thread: Thread) => void (thread.ranMs += 5);
const waits = (thread: Thread) => void (thread.waitedMs += 5);

describe("a thread on trial", () => {
  test("that loops is hung after a tenth of a second of CPU time", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);

    const ms = await pass(1_000, runs);

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeLessThanOrEqual(150);
  });

  test("that is blocked is hung after a quarter of a second", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);

    const ms = await pass(1_000, (thread) => (thread.heap = null));

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeGreaterThanOrEqual(250);
    expect(ms).toBeLessThanOrEqual(300);
  });

  test("that gets no processor is not hung", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);

    await pass(20_000, waits);

    expect(verdicts).toEqual([]);
  });

  test("is judged only by elapsed time where the kernel does not report its usage", async () => {
    const { progress, verdicts, pass } = watched(TRIAL, { hasUsage: false });
    progress.begin(3);

    await pass(300);

    expect(verdicts).toEqual(["hung"]);
  });

  test("that proceeds from one collection to the next is not hung, however long its tick takes", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);

    for (let index = 0; index < 100; index++) {
      progress.begin(index);
      await pass(80, runs);
    }

    expect(verdicts).toEqual([]);
  });

  test("that loops is not mistaken for one that fills its heap because it was compiled meanwhile", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);
    let ranMs = 0;

    const ms = await pass(1_000, (thread) => {
      runs(thread);
      if ((ranMs += 5) === 70) thread.heap! += 500_000;
    });

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeLessThanOrEqual(150);
  });

  test("that fills its heap is left to its memory limit", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);

    await pass(3_000, (thread) => {
      runs(thread);
      thread.heap! += 500_000;
    });

    expect(verdicts).toEqual([]);
  });

  test("that fills its heap endlessly counts as crashed", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);

    await pass(10_000, (thread) => {
      runs(thread);
      thread.heap! += 500_000;
    });

    expect(verdicts).toEqual(["crashed"]);
  });

  test("that produces garbage in a loop is hung: its heap goes up and down", async () => {
    const { progress, verdicts, pass } = watched(TRIAL);
    progress.begin(3);
    let round = 0;

    const ms = await pass(3_000, (thread) => {
      runs(thread);
      thread.heap = 7e6 + 2e6 * (round++ % 8);
    });

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeLessThan(1_000);
  });
});

describe("a thread of a shard", () => {
  test("that loops is hung at its deadline", async () => {
    const { progress, verdicts, pass } = watched(HOME);
    progress.begin(3);

    const ms = await pass(5_000, runs);

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeGreaterThanOrEqual(1_500);
    expect(ms).toBeLessThanOrEqual(1_700);
  });

  test("that gets no processor is not hung", async () => {
    const { progress, verdicts, pass } = watched(HOME);
    progress.begin(3);

    await pass(20_000, waits);

    expect(verdicts).toEqual([]);
  });

  test("that loops on a busy machine is hung at its deadline as well", async () => {
    const { progress, verdicts, pass } = watched(HOME);
    progress.begin(3);
    let round = 0;

    const ms = await pass(5_000, (thread) => (round++ % 10 === 0 ? runs(thread) : waits(thread)));

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeLessThanOrEqual(1_700);
  });

  test("that runs but does not report its heap gets slightly longer", async () => {
    const { progress, verdicts, pass } = watched(HOME);
    progress.begin(3);

    const ms = await pass(5_000, (thread) => {
      runs(thread);
      thread.heap = null;
    });

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeGreaterThan(1_700);
    expect(ms).toBeLessThanOrEqual(2_000);
  });

  test("that fills its heap is crashed when its memory limit does not terminate it in time for the rest of its shard", async () => {
    const { progress, verdicts, pass } = watched(HOME);
    progress.begin(3);

    const ms = await pass(5_000, (thread) => {
      runs(thread);
      thread.heap! += 500_000;
    });

    expect(verdicts).toEqual(["crashed"]);
    expect(ms).toBeLessThanOrEqual(2_000);
  });

  test("that is stuck in the kernel gets no time beyond its deadline", async () => {
    const { progress, verdicts, pass } = watched(HOME);
    progress.begin(3);

    const ms = await pass(5_000, (thread) => (thread.heap = null));

    expect(verdicts).toEqual(["hung"]);
    expect(ms).toBeLessThanOrEqual(1_700);
  });
});

test("a thread that does nothing between two collections is lost after its longer limit", async () => {
  const { progress, verdicts, pass } = watched(TRIAL);
  progress.begin(3);
  progress.end();

  const ms = await pass(5_000);

  expect(verdicts).toEqual(["hung"]);
  expect(ms).toBeGreaterThanOrEqual(1_500);
});

test("a suspension of this process counts as one check", async () => {
  const { clock, progress, verdicts, pass } = watched({ ...HOME, collectingMs: 1_500 });
  progress.begin(3);
  await pass(300, runs);

  // The resumed process has one due timer, an hour late; the reply is served before the next one.
  clock.freeze(3_600_000);

  expect(verdicts).toEqual([]);
});

test("loading modules is not a hang, but a thread that never starts is abandoned", async () => {
  const { verdicts, pass } = watched(TRIAL, { isReady: false });

  const ms = await pass(60_000);

  expect(verdicts).toEqual(["hung"]);
  expect(ms).toBeGreaterThanOrEqual(30_000);
});

test("a stopped watch reports nothing", async () => {
  const { clock, progress, verdicts, watch, pass } = watched(TRIAL);
  progress.begin(3);
  watch.stop();

  await pass(1_000, runs);

  expect(verdicts).toEqual([]);
  expect(clock.pending).toBe(0);
});

import { readFileSync } from "node:fs";
import { deserialize } from "node:v8";
import { collectorsByKind } from "../../collectors/registry.ts";
import { sleep } from "../../model/clock.ts";
import type { CollectContext, SectionWriter } from "../../model/collector.ts";
import type { ChildTrial } from "../main/child-trials.ts";
import { systemClock as clock } from "../../platform/system-clock.ts";
import { kernelThreadId, readThreadUsage } from "../../platform/thread-usage.ts";

/**
 * Collects one instance and exits: with 0 when the collection returned, whether it failed or not. This host is collected twice,
 * as a slow collector shows in the second reading.
 */

const STDIN = 0;

const { instance, host } = deserialize(readFileSync(STDIN)) as ChildTrial;
const threadId = kernelThreadId();
const collectors = collectorsByKind({
  host,
  // Nothing is fetched: the signal is aborted.
  targets: { allowLoopback: false, ownPort: 0 },
  clock,
  usage: () => readThreadUsage(threadId),
  wait: (delayMs, signal) => sleep(clock, delayMs, signal ?? undefined),
});
const contextNow = (): CollectContext => ({
  occasion: "tick",
  wallMs: clock.wallMs(),
  monotonicMs: clock.monotonicMs(),
  // Only the synchronous call can hang a thread: its asynchronous rest has a deadline there.
  signal: AbortSignal.abort(),
});
let isSlow = false;
const nothing = () => {};
const nowhere: SectionWriter = {
  column: nothing,
  series: nothing,
  family: nothing,
  wholeSnapshot: nothing,
  problem: nothing,
  beginSection: nothing,
  endSection: nothing,
  failSection: (_collector, _message, isSlowNow = false) => {
    isSlow ||= isSlowNow;
  },
};
for (let reading = 0; reading < (instance.kind === "host" ? 2 : 1); reading++) {
  try {
    await collectors[instance.kind]?.collect(instance, contextNow(), nowhere);
  } catch {
    // A failure is a response: the thread will see it again and report it.
  }
}
if (isSlow) throw new Error("a collector is still slow");

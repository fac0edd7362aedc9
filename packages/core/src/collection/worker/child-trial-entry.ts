import { readFileSync } from "node:fs";
import { deserialize } from "node:v8";
import { collectorsByKind } from "../../collectors/registry.ts";
import { sleep } from "../../model/clock.ts";
import type { CollectContext, SectionWriter } from "../../model/collector.ts";
import type { ChildTrial } from "../main/child-trials.ts";
import { systemClock as clock } from "../../platform/system-clock.ts";

/** Collects one instance once and exits: with 0 when the collection returned, whether it failed or not. */

const STDIN = 0;

const { instance, host } = deserialize(readFileSync(STDIN)) as ChildTrial;
const collectors = collectorsByKind({
  host,
  // Nothing is fetched: the signal is aborted.
  targets: { allowLoopback: false, ownPort: 0 },
  clock,
  wait: (delayMs, signal) => sleep(clock, delayMs, signal ?? undefined),
});
const context: CollectContext = {
  occasion: "tick",
  wallMs: clock.wallMs(),
  monotonicMs: clock.monotonicMs(),
  // Only the synchronous call can hang a thread: its asynchronous rest has a deadline there.
  signal: AbortSignal.abort(),
};
const nothing = () => {};
const nowhere: SectionWriter = {
  column: nothing,
  series: nothing,
  family: nothing,
  wholeSnapshot: nothing,
  problem: nothing,
  beginSection: nothing,
  endSection: nothing,
  failSection: nothing,
};
try {
  await collectors[instance.kind]?.collect(instance, context, nowhere);
} catch {
  // A failure is a response: the thread will see it again and report it.
}

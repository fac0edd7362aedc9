import { parentPort, workerData } from "node:worker_threads";
import { move, transferableSymbol, valueSymbol } from "piscina";
import { collectorsByKind } from "../../collectors/registry.ts";
import { sleep } from "../../model/clock.ts";
import type { LateReply, ShardSetup, Tick } from "../protocol.ts";
import { snapshotBuffers } from "../protocol.ts";
import { LateReplies } from "./late-replies.ts";
import { ShardWorker } from "./shard-worker.ts";
import { keepHeapSmall } from "../../platform/shrink-heap.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { kernelThreadId, readThreadUsage } from "../../platform/thread-usage.ts";

/** By then the thread has loaded its modules and made its first collections. */
const SETTLED_MS = 1_000;

const setup = workerData as ShardSetup;
const threadId = kernelThreadId();
const collectors = collectorsByKind({
  host: setup.host,
  targets: setup.targets,
  clock: systemClock,
  usage: () => readThreadUsage(threadId),
  wait: (delayMs, signal) => sleep(systemClock, delayMs, signal ?? undefined),
});
const late = new LateReplies(systemClock, (replies) => parentPort!.postMessage(replies, replies.flatMap(buffersOf)));
const worker = new ShardWorker(setup, { clock: systemClock, collectors, postLate: (reply) => late.add(reply) });

keepHeapSmall(systemClock, SETTLED_MS);
worker.ready(threadId);

/** Piscina calls it by name. The reply's buffers are transferred: without `move` they would silently be cloned. */
export function tick(message: Tick): unknown {
  const reply = worker.tick(message);
  return move({
    [transferableSymbol]: [reply.buffer, ...snapshotBuffers([...reply.snapshots, ...reply.refreshed])],
    [valueSymbol]: reply,
  });
}

function buffersOf({ buffer, snapshot }: LateReply): ArrayBuffer[] {
  const ofSnapshot = snapshotBuffers(snapshot === null ? [] : [snapshot]);
  return buffer === null ? ofSnapshot : [buffer, ...ofSnapshot];
}

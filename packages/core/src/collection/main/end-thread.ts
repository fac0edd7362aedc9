import type { Clock } from "../../model/clock.ts";
import type { ShardThread } from "./shard-thread.ts";

const DEADLINE_MS = 1_000;

/** Ends a thread. False when it has not ended after a second: stuck in the kernel, where nothing reaches it. */
export function endThread(
  thread: Pick<ShardThread, "destroy">,
  options: {
    readonly clock: Clock;
    /** The returned function is called if it ends after all. */
    readonly onStuck: () => () => void;
  },
): Promise<boolean> {
  const ended = Promise.withResolvers<boolean>();
  let onEnded: (() => void) | undefined;
  const cancel = options.clock.after(DEADLINE_MS, () => {
    onEnded = options.onStuck();
    ended.resolve(false);
  });
  void thread.destroy().finally(() => {
    cancel();
    onEnded?.();
    ended.resolve(true);
  });
  return ended.promise;
}

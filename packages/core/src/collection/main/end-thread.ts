import type { Clock } from "../../model/clock.ts";
import type { ShardThread } from "./shard-thread.ts";

const DEADLINE_MS = 1_000;

/** Terminates a thread. False when it still runs after a second: it is stuck in the kernel, where nothing can interrupt it. */
export function endThread(
  thread: Pick<ShardThread, "destroy">,
  options: {
    readonly clock: Clock;
    /** The returned function is called if the thread terminates later. */
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

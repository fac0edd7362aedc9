import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/**
 * Collects this thread's garbage and gives freed pages back to the kernel. Once after start: V8 would keep the 16 MB to
 * which loading a program makes its young generation grow. Measured, resident memory 104 to 97 MB for the main thread in
 * 30 ms, 97 to 94 for a shard's in 16 ms. The flavour is the one that shrinks; a usual collection gave back nothing.
 */
export function shrinkHeap(): void {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as NodeJS.GCFunction;
  collect({ type: "major", execution: "sync", flavor: "last-resort" });
}

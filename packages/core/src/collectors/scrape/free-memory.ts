// As a whole: a bundle that names an export which Node 20 lacks could not tell its user that it needs a newer one.
import workerThreads from "node:worker_threads";

/**
 * Frees the memory of buffers that nobody reads any more. V8 counts memory that waits for its garbage collector as growth of
 * the heap: 400 bodies of 60 kB per second made it mark the whole heap three times per second, for half of all CPU time.
 */
export function freeMemory(buffers: readonly Buffer[]): void {
  for (const { buffer } of buffers) {
    // Not what is shared: Node marks the memory of its small buffers, and undici has an empty one.
    if (buffer.byteLength > 0 && !workerThreads.isMarkedAsUntransferable(buffer)) (buffer as ArrayBuffer).transfer(0);
  }
}

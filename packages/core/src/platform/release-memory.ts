import { shrinkHeap } from "./shrink-heap.ts";
import { loadCLibrary } from "./c-library.ts";

/** Returns free memory to the kernel: of the JavaScript heap, then of the C library's allocator. */
export async function releaseMemory(): Promise<void> {
  shrinkHeap();
  try {
    (await loadCLibrary()).trimMemory();
  } catch {
    // Without koffi the allocator keeps its free memory and reuses it later.
  }
}

import { createRequire } from "node:module";
import type Koffi from "koffi";

/** Bytes of `struct timex` on 64-bit Linux (include/uapi/linux/timex.h), and more. */
const STRUCT_BYTES = 256;

export interface ClockState {
  /** Of adjtimex(2): 0 to 5, see `TIME_ERROR`. */
  readonly state: number;
  /** `struct timex` of 64-bit Linux, in the byte order of the machine. */
  readonly timex: Buffer;
}

/**
 * Loads adjtimex(2), which reads the state of the kernel's clock without changing it. Through koffi, which costs 8 ms and
 * 7.6 MB at its first use; synchronous, so that a collector can do it. Throws where koffi cannot be loaded.
 */
export function loadAdjtimex(): () => ClockState {
  const koffi = createRequire(import.meta.url)("koffi") as typeof Koffi;
  const adjtimex = koffi.load(null).func("int adjtimex(void *timex)");
  const timex = Buffer.alloc(STRUCT_BYTES);
  return () => {
    // Mode 0: nothing is set.
    timex.fill(0);
    const state = Number(adjtimex(timex));
    if (state >= 0) return { state, timex };
    const errno = koffi.errno();
    const name = Object.entries(koffi.os.errno).find(([, number]) => number === errno)?.[0];
    throw new Error(`adjtimex failed with ${name ?? `errno ${errno}`}`);
  };
}

/** Functions of the C library that Node does not provide. */
export interface CLibrary {
  /** dup2(2): `to` becomes a duplicate of the descriptor `from`. Throws on failure. */
  duplicate(from: number, to: number): void;
  /** malloc_trim(3): returns free memory of the allocator to the kernel. No effect with a C library without it (musl). */
  trimMemory(): void;
}

/** Through koffi, which costs 8 ms and 7.6 MB at its first use. Rejects where it cannot be loaded. */
export async function loadCLibrary(): Promise<CLibrary> {
  const { default: koffi } = await import("koffi");
  const libc = koffi.load(null);
  const dup2 = libc.func("int dup2(int from, int to)");
  return {
    duplicate(from, to) {
      if (Number(dup2(from, to)) < 0) throw new Error(`dup2 failed with errno ${koffi.errno()}`);
    },
    trimMemory() {
      try {
        libc.func("int malloc_trim(size_t pad)")(0);
      } catch {
        // musl returns free memory by itself.
      }
    },
  };
}

/** All access of `cloudctl` to its process; `main.ts` passes the real ones. */
export interface ProcessContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Data only. */
  readonly stdout: TextStream;
  /** Everything else. */
  readonly stderr: TextStream;
  readonly clock: CliClock;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

export type TextStream = NodeJS.WritableStream & { readonly isTTY?: boolean; readonly columns?: number };

export interface CliClock {
  /** Milliseconds since 1970. */
  wallMs(): number;
  /** Calls `task` once, `delayMs` from now; the returned function cancels it. */
  after(delayMs: number, task: () => void): () => void;
}

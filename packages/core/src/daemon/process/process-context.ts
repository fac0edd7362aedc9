/** The program's inputs from outside, read only by `main.ts`. */
export interface ProcessContext {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** This program's own file. */
  readonly script: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Signals and uncaught errors. */
  readonly events: NodeJS.EventEmitter;
  /** Start of the process by the wall clock, milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly exitNow: (code: number) => never;
}

/** What the program is given from outside; `main.ts` alone reads them. */
export interface ProcessContext {
  /** The arguments behind the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** This program's own file. */
  readonly script: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Signals and errors that nobody caught. */
  readonly events: NodeJS.EventEmitter;
  /** Wall clock at which the process began, milliseconds since 1970. */
  readonly startedAtMs: number;
  readonly exitNow: (code: number) => never;
}

export { runCli } from "./cli.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export type { CliClock, ProcessContext, TextStream } from "./process-context.ts";

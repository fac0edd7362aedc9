export { runCli } from "./cli.ts";
export { EXIT, type ExitCode } from "./exit-codes.ts";
export type { CliClock, Surroundings, TextStream } from "./surroundings.ts";

import type { CommandModule } from "yargs";
import type { GlobalOptions } from "../global-options.ts";
import type { Task } from "../session.ts";

/** A command with its own options beside the global ones. */
export type Command<Own = object> = CommandModule<GlobalOptions, GlobalOptions & Own>;

/** Runs what a command does once its options are known, and keeps the exit code. */
export type Runner = (options: GlobalOptions, task: Task) => Promise<void>;

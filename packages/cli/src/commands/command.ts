import type { CommandModule } from "yargs";
import type { GlobalOptions } from "../global-options.ts";
import type { Task } from "../session.ts";

/** A command with its own options in addition to the global ones. */
export type Command<Own = object> = CommandModule<GlobalOptions, GlobalOptions & Own>;

/** Runs a command once its options are parsed, and keeps its exit code. */
export type Runner = (options: GlobalOptions, task: Task) => Promise<void>;

import yargs from "yargs";
import type { Runner } from "./commands/command.ts";
import type { ProcessContext } from "./process-context.ts";
import { COMMAND_NAMES } from "./command-names.ts";
import { allCommands } from "./commands/all.ts";
import { GLOBAL_OPTIONS } from "./global-options.ts";
import { explainParseFailure } from "./parse-failure.ts";
import { UsageError } from "./usage-error.ts";
import { VERSION } from "./version.ts";

export interface ParserOptions {
  /** From `normalizeWords`. */
  words: readonly string[];
  run: Runner;
  context: ProcessContext;
  /** Completions from the daemon, which replace those of yargs. */
  suggestions: string[];
}

/** The definition of the whole command line for yargs. Nothing runs before it is parsed. */
export function createParser({ words, run, context, suggestions }: ParserOptions) {
  const parser = yargs([...words])
    .scriptName("cloudctl")
    .usage("$0 <command>\n\nQuery and control a cloud-monitor daemon.")
    .locale("en")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
    })
    .options(GLOBAL_OPTIONS)
    .group(Object.keys(GLOBAL_OPTIONS), "Global options:")
    .command(allCommands(run, context))
    .demandCommand(1, `missing command; one of ${COMMAND_NAMES.join(", ")}`)
    .strict()
    .exitProcess(false)
    .version(VERSION)
    .help()
    .alias("help", "h")
    .wrap(Math.min(110, context.stdout.columns ?? 100))
    // Unless this throws, yargs would run the command in spite of the failure.
    .fail((message, error) => {
      throw isOfHandler(error) ? error : new UsageError(explainParseFailure(message, words));
    });
  return suggestions.length === 0 ? parser : parser.completion(COMPLETION_ENGINE, false, () => suggestions);
}

/** yargs needs a command that prints its own completion script; ours is `completion`, so this one is hidden. */
const COMPLETION_ENGINE = "internal-completion-script";

/** yargs wraps errors of parsing in its own errors. */
function isOfHandler(error: Error | undefined): error is Error {
  return error !== undefined && error.name !== "YError";
}

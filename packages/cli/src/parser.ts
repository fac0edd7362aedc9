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
  /** As `normalizeWords` gives them. */
  words: readonly string[];
  run: Runner;
  context: ProcessContext;
  /** Completions that only the daemon knows; they take the place of yargs' own. */
  suggestions: string[];
}

/** The whole command line as yargs sees it. Nothing runs before it is parsed. */
export function createParser({ words, run, context, suggestions }: ParserOptions) {
  const parser = yargs([...words])
    .scriptName("cloudctl")
    .usage("$0 <command>\n\nWatch and steer a cloud-monitor daemon.")
    .locale("en")
    .parserConfiguration({
      "boolean-negation": false,
      "camel-case-expansion": false,
      "dot-notation": false,
      "greedy-arrays": false,
      "parse-numbers": false,
    })
    .options(GLOBAL_OPTIONS)
    .group(Object.keys(GLOBAL_OPTIONS), "Everywhere:")
    .command(allCommands(run, context))
    .demandCommand(1, `name a command: ${COMMAND_NAMES.join(", ")}`)
    .strict()
    .exitProcess(false)
    .version(VERSION)
    .help()
    .alias("help", "h")
    .wrap(Math.min(110, context.stdout.columns ?? 100))
    // Without a throw in here yargs would run the command in spite of the failure.
    .fail((message, error) => {
      throw isOfHandler(error) ? error : new UsageError(explainParseFailure(message, words));
    });
  return suggestions.length === 0 ? parser : parser.completion(COMPLETION_ENGINE, false, () => suggestions);
}

/** yargs ties completions to a command that prints its own script; ours is `completion`, so this one is hidden. */
const COMPLETION_ENGINE = "internal-completion-script";

/** yargs wraps what parsing threw in errors of its own. */
function isOfHandler(error: Error | undefined): error is Error {
  return error !== undefined && error.name !== "YError";
}

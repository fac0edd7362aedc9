import { inspect } from "node:util";
import type { Runner } from "./commands/command.ts";
import type { ProcessContext } from "./process-context.ts";
import { completeInstanceIds } from "./completion/instance-ids.ts";
import { EXIT, type ExitCode } from "./exit-codes.ts";
import { explainError } from "./explain-error.ts";
import { printable } from "./format/printable.ts";
import { normalizeWords } from "./options/normalize-words.ts";
import { withHelp } from "./parse-failure.ts";
import { createParser } from "./parser.ts";
import { withSession } from "./session.ts";
import { UsageError } from "./usage-error.ts";

/** Runs one command line from words to exit code; never rejects. */
export async function runCli(argv: readonly string[], context: ProcessContext): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.ok;
  const run: Runner = async (options, task) => {
    exitCode = (await withSession(context, options, task)) ?? EXIT.ok;
  };
  try {
    context.stdout.write(await parse(argv, run, context));
    return exitCode;
  } catch (error) {
    return report(error, { ...context, debug: argv.includes("--debug") });
  }
}

/** The output of yargs itself: help, version or completions, else nothing. */
async function parse(argv: readonly string[], run: Runner, context: ProcessContext): Promise<string> {
  // yargs does not wait for asynchronous completions, so the daemon is queried before.
  const completing = argv[0] === "--get-yargs-completions";
  const suggestions = completing ? await completeInstanceIds(argv.slice(1), context) : [];
  const words = completing ? [...argv] : normalized(argv);
  let text = "";
  // With a callback yargs passes its text instead of printing it.
  await createParser({ words, run, context, suggestions }).parseAsync(words, {}, (_error, _options, output) => {
    text = output;
  });
  return text === "" ? "" : `${text}\n`;
}

function normalized(argv: readonly string[]): string[] {
  try {
    return normalizeWords(argv);
  } catch (error) {
    throw error instanceof UsageError ? new UsageError(withHelp(error.message, argv)) : error;
  }
}

function report(error: unknown, { stderr, signal, debug }: ProcessContext & { debug: boolean }): ExitCode {
  const { exitCode, lines } = explainError(signal.aborted ? signal.reason : error);
  stderr.write(lines.map((line, index) => `${index === 0 ? "cloudctl: " : "  "}${printable(line)}\n`).join(""));
  if (debug) stderr.write(`${inspect(error)}\n`);
  return exitCode;
}

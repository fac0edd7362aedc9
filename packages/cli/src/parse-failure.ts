import { COMMAND_NAMES } from "./command-names.ts";
import { nearest } from "./options/nearest.ts";
import { literal } from "./options/normalize-words.ts";

/** The failure that yargs found in these words, as our own message, with what to type next. */
export function explainParseFailure(message: string, argv: readonly string[]): string {
  const text = literal(message)
    .replaceAll(/\s*\n\s*/g, " ")
    .trim();
  return withHelp(rephrase(text, argv, commandOf(argv)), argv);
}

/** The message, and the suggested help command. */
export function withHelp(message: string, argv: readonly string[]): string {
  const command = commandOf(argv);
  return `${message}\n\`cloudctl ${command === undefined ? "" : `${command} `}--help\` shows the usage`;
}

function commandOf(argv: readonly string[]): string | undefined {
  return argv.find((word) => COMMAND_NAMES.includes(word));
}

function rephrase(message: string, argv: readonly string[], command: string | undefined): string {
  const [, unknown] = /^Unknown arguments?: (.+)$/.exec(message) ?? [];
  if (unknown !== undefined) return unknownWords(unknown.split(", "), argv, command);
  const [, name, given, choices] = /Argument: (.+), Given: (.+), Choices: (.+)$/.exec(message) ?? [];
  if (name !== undefined) return `${name}: ${given} is not one of ${choices}`;
  return message.startsWith("Not enough non-option arguments") ? `${command} needs more arguments` : message;
}

function unknownWords(names: readonly string[], argv: readonly string[], command: string | undefined): string {
  const words = names.map((name) => (argv.includes(name) ? name : optionAsTyped(name, argv)));
  const [first = ""] = words;
  if (command !== undefined || first.startsWith("-")) return `unknown argument: ${words.join(", ")}`;
  const meant = nearest(first, COMMAND_NAMES);
  return `unknown command "${first}"${meant === undefined ? "" : `; did you mean "${meant}"?`}`;
}

/** yargs names an option without its dashes. */
function optionAsTyped(name: string, argv: readonly string[]): string {
  return argv.find((word) => word.replace(/^--?/, "").split("=")[0] === name) ?? name;
}

import { UsageError } from "../usage-error.ts";
import { type KnownOption, nearestOption, optionLettered, optionNamed } from "./known-options.ts";

/** No argument of a program can contain it, so it marks words that must not be parsed as options. */
const LITERAL = "\0";

/**
 * Normalizes the words of a command line so that they are unambiguous: an option with a value is one word `--name=value`, a
 * flag is `--name`, and a word after `--` that begins with a dash is marked; `literal` removes the mark. As in getopt, an
 * option with a value takes the next word, with or without a dash; but not another option.
 */
export function normalizeWords(words: readonly string[]): string[] {
  const rest = [...words];
  const normal: string[] = [];
  const given = new Set<KnownOption>();
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") return [...normal, ...rest.map(marked)];
    if (!word.startsWith("-") || word === "-") {
      normal.push(word);
      continue;
    }
    for (const { option, value } of word.startsWith("--") ? longOption(word, rest) : shortOptions(word, rest)) {
      if (option.isFlag !== true && option.isRepeatable !== true && given.has(option))
        throw new UsageError(`--${option.name} is given twice; give it once`);
      given.add(option);
      normal.push(value === undefined ? `--${option.name}` : `--${option.name}=${value}`);
    }
  }
  return normal;
}

/** A word as the user typed it. */
export function literal(word: string): string {
  return word.replaceAll(LITERAL, "");
}

interface Given {
  readonly option: KnownOption;
  readonly value?: string;
}

function longOption(word: string, rest: string[]): Given[] {
  const [, name = "", value] = /^--([^=]*)(?:=([^]*))?$/.exec(word) ?? [];
  const option = optionNamed(name);
  if (option === undefined) throw notUnderstood(`--${name}`, nearestOption(name));
  if (option.isFlag !== true) return [{ option, value: value ?? nextValue(`--${name}`, rest) }];
  if (value === undefined || value === "true") return [{ option }];
  throw new UsageError(`--${name} takes no value; found "${value}"`);
}

/** `-w`, `-ojson`, `-o=json`, `-o json`, and flags before it as in `-wo json`. */
function shortOptions(word: string, rest: string[]): Given[] {
  const given: Given[] = [];
  for (let at = 1; at < word.length; at++) {
    const option = optionLettered(word.charAt(at));
    if (option === undefined) throw notUnderstood(word, undefined);
    if (option.isFlag !== true) {
      const attached = word.slice(at + 1).replace(/^=/, "");
      const value = at + 1 < word.length ? attached : nextValue(`-${word.charAt(at)}`, rest);
      return [...given, { option, value }];
    }
    given.push({ option });
  }
  return given;
}

function nextValue(name: string, rest: string[]): string {
  const value = rest.shift();
  if (value === undefined || value === "--") throw new UsageError(`${name} needs a value`);
  if (isOption(value))
    throw new UsageError(`${name} needs a value, found the option ${value}; write ${name}=${value} if you mean it`);
  return value;
}

function isOption(word: string): boolean {
  const [, name, letter] = /^(?:--([^=]+)(?:=[^]*)?|-([^-]))$/.exec(word) ?? [];
  if (name !== undefined) return optionNamed(name) !== undefined;
  return letter !== undefined && optionLettered(letter) !== undefined;
}

function notUnderstood(word: string, meant: string | undefined): UsageError {
  const remedy = meant === undefined ? "a name that begins with a dash goes after --" : `did you mean "${meant}"?`;
  return new UsageError(`unknown argument: ${word}; ${remedy}`);
}

function marked(word: string): string {
  return word.startsWith("-") ? LITERAL + word : word;
}

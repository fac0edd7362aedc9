import { nearest } from "./nearest.ts";

export interface KnownOption {
  readonly name: string;
  readonly short?: string;
  /** A flag has no value, any other option has one. */
  readonly isFlag?: boolean;
  /** May be given more than once. */
  readonly isRepeatable?: boolean;
}

/** The options of all commands; yargs knows which command has which. A test compares them with the help. */
export const KNOWN_OPTIONS: readonly KnownOption[] = [
  { name: "help", short: "h", isFlag: true },
  { name: "version", isFlag: true },
  { name: "debug", isFlag: true },
  { name: "output", short: "o" },
  { name: "url" },
  { name: "token" },
  { name: "quiet", short: "q", isFlag: true },
  { name: "watch", short: "w", isFlag: true },
  { name: "now", isFlag: true },
  { name: "remove", isFlag: true },
  { name: "label", short: "l", isRepeatable: true },
  { name: "metric", short: "m", isRepeatable: true },
  { name: "status" },
  { name: "kind" },
  { name: "target" },
  { name: "module" },
  { name: "dry-run", isFlag: true },
  { name: "sort" },
  { name: "limit" },
  { name: "interval" },
  { name: "fault" },
  { name: "profile" },
  { name: "from" },
  { name: "to" },
  { name: "step" },
  { name: "instance" },
  { name: "type", isRepeatable: true },
  { name: "follow", short: "f", isFlag: true },
  { name: "for" },
  { name: "timeout" },
  { name: "prefix" },
  { name: "seed" },
];

/** By the name without dashes. */
export function optionNamed(name: string): KnownOption | undefined {
  return KNOWN_OPTIONS.find((option) => option.name === name);
}

/** By its letter. */
export function optionLettered(letter: string): KnownOption | undefined {
  return KNOWN_OPTIONS.find(({ short }) => short === letter);
}

/** `--status` for the typed `statsu`. */
export function nearestOption(name: string): string | undefined {
  const meant = nearest(
    name,
    KNOWN_OPTIONS.map((option) => option.name),
  );
  return meant === undefined ? undefined : `--${meant}`;
}

import { parseArgs } from "node:util";
import { HOST_COLLECTOR_NAMES } from "../../collectors/registry.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { GivenValue, SourceReading } from "../given-value.ts";
import { flagOf } from "../setting.ts";
import type { Setting } from "../setting.ts";
import { NODE_EXPORTER_FLAGS } from "./node-exporter-flags.ts";
import { SETTINGS } from "../settings.ts";

export type Action = "run" | "check-config" | "show-config" | "help" | "version";

/** The parsed command line. Problems are reported with those of all other sources. */
export interface CommandLine extends SourceReading {
  readonly action: Action;
  /** Value of `--config`. */
  readonly configFile: string | null;
}

/** Flags that are not settings. */
export const COMMAND_FLAGS = {
  "--config": "YAML file to read; default ./cloud-monitor.yaml if it exists.",
  "--check-config": "Checks the configuration, prints all problems, and exits.",
  "--show-config": "Shows every value and its source, with secrets hidden, and exits.",
  "--help": "Shows this text.",
  "--version": "Shows the version.",
} as const;

/** Parses the arguments after the program's name. Never throws: errors are in `problems`. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  const reader = new Reader();
  for (const token of tokensOf(argv)) {
    if (token.kind === "option") reader.option(token);
    else if (token.kind === "positional") reader.positional(token.value);
  }
  return reader.finish();
}

const SETTING_BY_FLAG: ReadonlyMap<string, Setting> = new Map(SETTINGS.map((setting) => [flagOf(setting), setting]));
const ACTION_FLAGS: readonly string[] = ["--check-config", "--show-config", "--help", "--version"];
const SHORT_FLAGS: Readonly<Record<string, string>> = { "-h": "--help", "-V": "--version" };
const FLAGS = [...Object.keys(COMMAND_FLAGS), ...SETTING_BY_FLAG.keys()];

const COLLECTOR_FLAGS = HOST_COLLECTOR_NAMES.flatMap((name) => [`--collector.${name}`, `--no-collector.${name}`]);

interface Selected {
  readonly setting: Setting;
  readonly name: string;
}

/** The flags of node_exporter that switch one host collector on or off; null for another flag. */
function collectorFlag(flag: string): Selected | null {
  if (!COLLECTOR_FLAGS.includes(flag)) return null;
  const key = flag.startsWith("--no-") ? "host.collectorsDisabled" : "host.collectorsEnabled";
  return { setting: SETTINGS.find(({ at }) => at === key)!, name: flag.slice(flag.indexOf(".") + 1) };
}

type OptionToken = { name: string; rawName: string; value: string | undefined; inlineValue: boolean | undefined };

function tokensOf(argv: readonly string[]) {
  const options: Record<string, { type: "string" | "boolean" }> = {};
  for (const flag of FLAGS) {
    const takesValue = flag === "--config" || SETTING_BY_FLAG.get(flag)?.type.isSwitch === undefined;
    options[flag.slice(2)] = { type: takesValue && !ACTION_FLAGS.includes(flag) ? "string" : "boolean" };
  }
  return parseArgs({ args: [...argv], options, strict: false, allowPositionals: true, tokens: true }).tokens;
}

class Reader {
  #action: Action = "run";
  #configFile: string | null = null;
  readonly #values = new Map<Setting, GivenValue>();
  readonly #problems: ErrorDetail[] = [];
  /** A word after an unknown flag is most likely its value: one problem is enough. */
  #afterUnknown = false;

  option(token: OptionToken): void {
    const flag = SHORT_FLAGS[token.rawName] ?? token.rawName;
    const setting = SETTING_BY_FLAG.get(flag);
    this.#afterUnknown = false;
    const selected = collectorFlag(flag);
    if (ACTION_FLAGS.includes(flag)) this.#act(flag.slice(2) as Action);
    else if (selected !== null && token.value === undefined) this.#select(selected, flag);
    else if (flag !== "--config" && setting === undefined) this.#unknown(flag, token);
    else this.#value(flag, token, setting);
  }

  positional(word: string): void {
    if (!this.#afterUnknown)
      this.#problem(`"${word.slice(0, 80)}"`, "unexpected argument; give settings as --name=value");
    this.#afterUnknown = false;
  }

  finish(): CommandLine {
    const { values, problems } = { values: [...this.#values.values()], problems: this.#problems };
    return { action: this.#action, configFile: this.#configFile, values, problems };
  }

  /** Help and version take precedence: they work even if everything else is invalid. */
  #act(action: Action): void {
    const rank: readonly Action[] = ["run", "show-config", "check-config", "version", "help"];
    if (rank.indexOf(action) > rank.indexOf(this.#action)) this.#action = action;
  }

  #value(flag: string, token: OptionToken, setting: Setting | undefined): void {
    const isMissing = token.value === undefined || (token.inlineValue === false && token.value.startsWith("--"));
    if (isMissing && !setting?.type.isSwitch) {
      return this.#problem(flag, `found no value, wanted ${setting === undefined ? "a path" : wantedOf(setting)}`);
    }
    if (setting === undefined) this.#configFile = token.value ?? null;
    else {
      const text = token.value ?? "true";
      const before = setting.type.isList ? this.#values.get(setting) : undefined;
      const all = before === undefined ? text : `${before.text},${text}`;
      this.#values.set(setting, { setting, text: all, place: flag, isFile: setting.secret ?? false });
    }
  }

  /** Each flag adds a name to the list of its setting. */
  #select({ setting, name }: Selected, flag: string): void {
    const before = this.#values.get(setting);
    const text = before === undefined ? name : `${before.text},${name}`;
    this.#values.set(setting, { setting, text, place: before?.place ?? flag, isFile: false });
  }

  #unknown(flag: string, token: OptionToken): void {
    this.#afterUnknown = token.value === undefined;
    const isSecret = SETTING_BY_FLAG.has(`${flag}-file`);
    this.#problem(
      flag,
      isSecret
        ? `everyone can read a command line; put the secret into a file and give ${flag}-file`
        : unknownFlag(flag),
    );
  }

  #problem(where: string, message: string): void {
    this.#problems.push({ where, message });
  }
}

function unknownFlag(flag: string): string {
  const instead = NODE_EXPORTER_FLAGS[flag];
  return instead === undefined
    ? `unknown flag${didYouMean(flag, [...FLAGS, ...COLLECTOR_FLAGS])}`
    : `is a flag of node_exporter; ${instead}`;
}

function wantedOf(setting: Setting): string {
  return setting.secret ? "the path of a file" : setting.type.wanted;
}

import { COMMAND_FLAGS } from "./sources/command-line.ts";
import { fallbackTextOf, flagOf } from "./setting.ts";
import type { Setting } from "./setting.ts";
import { SETTINGS } from "./settings.ts";

/** The text of `--help`. */
export function helpText(): string {
  return [
    "Usage: cloud-monitor [--name=value ...]",
    "",
    "Monitors this host and a fleet, stores the history in PostgreSQL, serves JSON and Prometheus metrics.",
    "",
    "Options:",
    ...Object.entries(COMMAND_FLAGS).map(([flag, help]) => row(flag === "--config" ? "--config=FILE" : flag, help)),
    "",
    "Settings (flag > environment > .env > YAML > default):",
    ...SETTINGS.map((setting) => row(usage(setting), `${setting.help}${defaultNote(setting)}`)),
    "",
    "Every setting also has an environment variable and a YAML key: docs/configure.md.",
  ].join("\n");
}

const FLAG_WIDTH = 34;

function row(flag: string, help: string): string {
  const gap = flag.length > FLAG_WIDTH ? `\n${" ".repeat(FLAG_WIDTH + 4)}` : "  ";
  return `  ${flag.padEnd(FLAG_WIDTH)}${gap}${help}`;
}

function usage(setting: Setting): string {
  return setting.type.isSwitch ? flagOf(setting) : `${flagOf(setting)}=${setting.secret ? "FILE" : "VALUE"}`;
}

function defaultNote(setting: Setting): string {
  const text = fallbackTextOf(setting);
  // The defaults of the exclusions are wider than a terminal; the manual has them.
  return setting.type.isSwitch || text === "" || text.length > 50 ? "" : ` [${text}]`;
}

import { environmentNamesOf, fallbackTextOf, flagOf, keyOf } from "../setting.ts";
import type { Setting } from "../setting.ts";

/** The table of docs/configure.md. */
export function settingsTable(settings: readonly Setting[]): string {
  const rows = settings.map((setting) => [
    code(keyOf(setting)),
    environmentNamesOf(setting).toReversed().map(code).join(" "),
    code(flagOf(setting)),
    typeof setting.fallback === "string" ? code(setting.fallback) : fallbackTextOf(setting),
    setting.help,
    setting.reloadable ? "yes" : "",
  ]);
  const head = ["YAML key", "Environment", "Flag", "Default", "Meaning", "Reload"];
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function code(text: string): string {
  return text === "" ? "" : `\`${text.replaceAll("|", "\\|")}\``;
}

/** The settings of .env.example, each with its meaning and its default. */
export function environmentExample(settings: readonly Setting[]): string {
  return settings.map((setting) => `${entryOf(setting)}\n`).join("\n");
}

function entryOf(setting: Setting): string {
  const name = environmentNamesOf(setting).at(-1)!;
  const isText = typeof setting.fallback === "string";
  const note = isText ? "" : ` Default: ${fallbackTextOf(setting).replaceAll("`", "")}.`;
  const lines = [
    `# ${setting.help.replaceAll("`", "")}${note}`,
    `#${name}=${isText ? quoted(fallbackTextOf(setting)) : ""}`,
  ];
  if (setting.secret) lines.push("# The same from a file that others may not read.", `#${name}_FILE=`);
  return lines.join("\n");
}

/** A dollar sign may mean a variable. */
function quoted(text: string): string {
  return text.includes("$") ? `'${text}'` : text;
}

import { resolve } from "node:path";
import { messageOf } from "../model/errors.ts";
import type { ErrorDetail } from "../model/errors.ts";
import { holdsSecret, parseDatabaseUrl } from "./database/database-url.ts";
import type { GivenValue, SourceFile } from "./given-value.ts";
import { isExposed } from "../platform/read-small-file.ts";
import type { ReadFile } from "../platform/read-small-file.ts";
import type { Setting } from "./setting.ts";

export interface ParsedValue {
  readonly setting: Setting;
  readonly value: unknown;
  readonly place: string;
}

export interface ParseOutcome {
  readonly parsed: readonly ParsedValue[];
  readonly problems: readonly ErrorDetail[];
}

export interface GivenContext {
  readonly cwd: string;
  readonly readFile: ReadFile;
}

/** Parses a given text, or the content of the file that it names, as the setting's value. */
export function parseGiven(given: GivenValue, context: GivenContext): ParseOutcome {
  const content = given.isFile ? readSecret(given.text, context) : { text: given.text, file: given.heldIn };
  if (typeof content === "string") return failed(given, content);
  const outcome = given.setting.type.parse(content.text, context);
  if (!outcome.ok) return failed(given, outcome.reason ?? refusal(given));
  const exposed = exposure(given.setting, outcome.value, content.file);
  if (exposed !== null) return failed(given, exposed);
  return { parsed: [{ setting: given.setting, value: outcome.value, place: given.place }], problems: [] };
}

function failed(given: GivenValue, message: string): ParseOutcome {
  return { parsed: [], problems: [{ where: given.place, message }] };
}

function refusal(given: GivenValue): string {
  const { setting, text } = given;
  return setting.secret ? `wanted ${setting.type.wanted}` : `found ${quoted(text)}, wanted ${setting.type.wanted}`;
}

/** JSON escapes control characters, so that a hostile value cannot control the terminal. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

function readSecret(path: string, context: GivenContext): { text: string; file: SourceFile } | string {
  try {
    const file = context.readFile(resolve(context.cwd, path));
    // Editors end a file with a newline that is not part of the secret.
    return file === null
      ? `no such file: ${quoted(path)}`
      : { text: file.text.replace(/\r?\n$/, ""), file: { path, mode: file.mode } };
  } catch (error) {
    return `${quoted(path)}: ${messageOf(error)}`;
  }
}

function exposure(setting: Setting, value: unknown, file: SourceFile | undefined): string | null {
  if (file === undefined || !isSecretValue(setting, value) || !isExposed(file.path, file.mode)) return null;
  const mode = file.mode.toString(8).padStart(4, "0");
  return `${file.path} contains a secret and is readable by everyone (mode ${mode}); chmod o-r ${file.path}`;
}

/** An address without a password is not secret. */
function isSecretValue(setting: Setting, value: unknown): boolean {
  if (setting.at !== "storage.databaseUrl") return setting.secret ?? false;
  return holdsSecret(parseDatabaseUrl(String(value)));
}

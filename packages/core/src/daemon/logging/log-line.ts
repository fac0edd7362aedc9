// A namespace import: with named imports an older Node would fail to link the bundle instead of reporting the required version.
import util from "node:util";
import type { LogLevel } from "../../model/logger.ts";
import type { PlainFields } from "./log-fields.ts";

export interface LogRecord {
  /** Milliseconds since 1970. */
  readonly wallMs: number;
  readonly level: LogLevel;
  readonly message: string;
  readonly service: string;
  readonly component: string;
  readonly fields: PlainFields;
}

/** One JSON object. A field named like one of the fixed parts is shown as `field_<name>`. */
export function jsonLine(record: LogRecord): string {
  const { level, message, service, component } = record;
  const fixed = { timestamp: new Date(record.wallMs).toISOString(), level, message, service, component };
  const facts = Object.entries(record.fields).map(([name, value]) => [name in fixed ? `field_${name}` : name, value]);
  return escapeInvisible(JSON.stringify({ ...fixed, ...Object.fromEntries(facts) }));
}

/** One short line for a terminal: local time, level, component, message, fields; below it the stack of an error. */
export function textLine(record: LogRecord, isColoured: boolean): string {
  const paint = (style: Style, text: string) =>
    isColoured ? util.styleText(style, text, { validateStream: false }) : text;
  const facts = Object.entries(record.fields).map(([name, value]) => ` ${paint("dim", `${name}=`)}${factText(value)}`);
  const head = `${paint("dim", localTime(record.wallMs))} ${paint(COLOURS[record.level], record.level.padEnd(5))}`;
  const sentence = `${paint("bold", record.component)}: ${escapeControls(record.message)}`;
  return `${head} ${sentence}${facts.join("")}${record.level === "error" ? stackText(record.fields) : ""}`;
}

/** sd-daemon(3): journald interprets a `<n>` before a line as its syslog priority. */
export function journalLine(level: LogLevel, line: string): string {
  return `<${PRIORITIES[level]}>${line}`;
}

type Style = "dim" | "bold" | "red" | "yellow" | "green" | "cyan";
const COLOURS = { error: "red", warn: "yellow", info: "green", debug: "cyan" } as const satisfies Record<
  LogLevel,
  Style
>;
const PRIORITIES = { error: 3, warn: 4, info: 6, debug: 7 } as const satisfies Record<LogLevel, number>;

/**
 * Characters that JSON does not escape although terminals or editors interpret them: DEL, the C1 controls (0x9b begins an
 * escape sequence), line and paragraph separators, and marks that change the direction of text.
 */
const INVISIBLE = /[\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escapeInvisible(json: string): string {
  return json.replace(INVISIBLE, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** As JSON escapes them, without the quotation marks. */
function escapeControls(text: string): string {
  return escapeInvisible(text.replace(/[\u0000-\u001f]/g, (character) => JSON.stringify(character).slice(1, -1)));
}

function factText(value: unknown): string {
  if (isErrorFields(value)) {
    const code = typeof value["code"] === "string" ? ` [${value["code"]}]` : "";
    return escapeControls(`${value.name}: ${value.message}${code}`);
  }
  if (typeof value === "string" && /^[\w./:@+-]+$/.test(value)) return value;
  return escapeInvisible(JSON.stringify(value));
}

function stackText(fields: PlainFields): string {
  const stacks = Object.values(fields)
    .filter(isErrorFields)
    .map((error) => error["stack"]);
  return stacks
    .filter((stack) => typeof stack === "string")
    .flatMap((stack) => stack.split("\n"))
    .map((frame) => `\n    ${escapeControls(frame)}`)
    .join("");
}

function isErrorFields(value: unknown): value is PlainFields & { name: string; message: string } {
  if (typeof value !== "object" || value === null || !("name" in value) || !("message" in value)) return false;
  return typeof value.name === "string" && typeof value.message === "string";
}

function localTime(wallMs: number): string {
  const date = new Date(wallMs);
  return [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, "0")).join(":");
}

import { lastLines } from "./last-lines.ts";

const LENGTH_MAX = 600;
const CAUSES_MAX = 2;
/** A line of the server's log, after its prefix of time and process. */
const SERVER_LINE = /^(?:.*?\] )?(PANIC|FATAL|ERROR|WARNING|LOG|DETAIL|HINT):\s+(.*)$/;
const PROGRAM_LINE = /^\w+: (?:error|fatal): .+$/;
/** What clients are told during startup; never the reason for an exit. */
const DURING_STARTUP = /^the database system is |^database ".*" does not exist/;

/**
 * Why a program of PostgreSQL failed, taken from its output, in one line: its panics, else its last fatal errors, each with
 * its details; else its last lines. The reason is rarely at the end: a server that panics then logs its shutdown.
 */
export function failureReason(text: string): string {
  const messages = messagesOf(text);
  const causes = ["PANIC", "FATAL", "error"]
    .map((level) => messages.filter((message) => message.level === level))
    .find((all) => all.length > 0);
  if (causes === undefined) return lastLines(text);
  const distinct = [...new Set(causes.map((cause) => cause.text))];
  return distinct.slice(-CAUSES_MAX).join("; ").slice(0, LENGTH_MAX);
}

interface Message {
  readonly level: string;
  text: string;
}

function messagesOf(text: string): readonly Message[] {
  const messages: Message[] = [];
  for (const line of text.split("\n")) {
    const [, level = "", body = ""] = SERVER_LINE.exec(line) ?? [];
    const last = messages.at(-1);
    if (level === "DETAIL" || level === "HINT") {
      if (last !== undefined) last.text += ` (${body})`;
    } else if (level !== "" && !DURING_STARTUP.test(body)) {
      messages.push({ level, text: `${level}: ${body}` });
    } else if (PROGRAM_LINE.test(line)) {
      messages.push({ level: "error", text: line });
    } else {
      messages.push({ level: "", text: line });
    }
  }
  return messages;
}

import { lastLines } from "./last-lines.ts";

const LENGTH_MAX = 600;
const CAUSES_MAX = 2;
/** A line of the server, behind its prefix of time and process. */
const SERVER_LINE = /^(?:.*?\] )?(PANIC|FATAL|ERROR|WARNING|LOG|DETAIL|HINT):\s+(.*)$/;
const PROGRAM_LINE = /^\w+: (?:error|fatal): .+$/;
/** What a server says to clients that come too early; it is no reason for its end. */
const TOO_EARLY = /^the database system is |^database ".*" does not exist/;

/**
 * Why a program of PostgreSQL failed, by its own words, in one line: its panics, else its last fatal errors, each with its
 * details; else its last lines. The reason is rarely at the end: a server that panics goes on to tell how it shuts down.
 */
export function reasonIn(text: string): string {
  const said = statementsOf(text);
  const causes = ["PANIC", "FATAL", "error"]
    .map((level) => said.filter((one) => one.level === level))
    .find((all) => all.length > 0);
  if (causes === undefined) return lastLines(text);
  const distinct = [...new Set(causes.map((cause) => cause.text))];
  return distinct.slice(-CAUSES_MAX).join("; ").slice(0, LENGTH_MAX);
}

interface Statement {
  readonly level: string;
  text: string;
}

function statementsOf(text: string): readonly Statement[] {
  const said: Statement[] = [];
  for (const line of text.split("\n")) {
    const [, level = "", words = ""] = SERVER_LINE.exec(line) ?? [];
    const last = said.at(-1);
    if (level === "DETAIL" || level === "HINT") {
      if (last !== undefined) last.text += ` (${words})`;
    } else if (level !== "" && !TOO_EARLY.test(words)) {
      said.push({ level, text: `${level}: ${words}` });
    } else if (PROGRAM_LINE.test(line)) {
      said.push({ level: "error", text: line });
    } else {
      said.push({ level: "", text: line });
    }
  }
  return said;
}

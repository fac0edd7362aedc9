import type { CloudMonitorError } from "../model/errors.ts";

/** An error as text: its message, then one line per problem. */
export function formatProblems(error: CloudMonitorError): string {
  return [error.message, ...error.details.map(({ where, message }) => `  ${visible(`${where}: ${message}`)}`)].join(
    "\n",
  );
}

/** Control characters of a hostile name must not reach the terminal. */
function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

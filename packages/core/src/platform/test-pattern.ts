import { createContext, Script } from "node:vm";
import { codeOf } from "../model/errors.ts";

/** Beyond it the text is hostile, or the pattern is: some take exponential time on some texts. */
const TIMEOUT_MS = 100;

const SCRIPT = new Script("pattern.test(text)");

/** Whether a text matches; null when that takes too long. Only a script of its own can be interrupted in a regular expression. */
export function testPattern(pattern: RegExp, text: string): boolean | null {
  try {
    return SCRIPT.runInContext(createContext({ pattern, text }), { timeout: TIMEOUT_MS }) as boolean;
  } catch (error) {
    if (codeOf(error) === "ERR_SCRIPT_EXECUTION_TIMEOUT") return null;
    throw error;
  }
}

import { createContext, Script } from "node:vm";
import { codeOf } from "../model/errors.ts";

/** Beyond it the text is hostile, or the pattern is: some take exponential time on some texts. */
const TIMEOUT_MS = 100;
/** The time-out is one of the clock: on a busy machine it passes before a thread has had this much of a processor. */
const PROCESSOR_US = 50_000;
const TRIES_MAX = 10;

const SCRIPT = new Script("pattern.test(text)");

/** Whether a text matches; null when that takes too long. Only a script of its own can be interrupted in a regular expression. */
export function testPattern(pattern: RegExp, text: string): boolean | null {
  const context = createContext({ pattern, text });
  for (let tries = 1; ; tries++) {
    const before = process.threadCpuUsage();
    try {
      return SCRIPT.runInContext(context, { timeout: TIMEOUT_MS }) as boolean;
    } catch (error) {
      if (codeOf(error) !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      const { system, user } = process.threadCpuUsage(before);
      if (user + system >= PROCESSOR_US || tries === TRIES_MAX) return null;
    }
  }
}

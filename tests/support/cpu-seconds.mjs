import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const CACHE = new URL("../../node_modules/.cache/", import.meta.url);

/** One line per suite, written when it begins. */
export const SUITES_FILE = fileURLToPath(new URL("test-suites.jsonl", CACHE));
/** All suites of the last long run, slowest first. */
export const TIMES_FILE = fileURLToPath(new URL("test-times.json", CACHE));

const TICKS_PER_SECOND = 100;

/** CPU time of a process and of its exited children: fields 14 to 17 of proc(5) `stat`. */
export function cpuSecondsOf(pid) {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  const [, ...rest] = stat.slice(stat.lastIndexOf(")")).split(" ");
  return rest.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
}

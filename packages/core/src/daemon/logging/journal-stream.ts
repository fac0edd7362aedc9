import { fstatSync } from "node:fs";

/**
 * Whether a descriptor leads to journald: `JOURNAL_STREAM` names device and inode of the stream that systemd made
 * (systemd.exec(5)). The variable alone tells nothing: terminals and pipes of a desktop session inherit it too.
 */
export function isJournalStream(variable: string | undefined, descriptor = 1): boolean {
  if (variable === undefined || variable === "") return false;
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return variable === `${dev}:${ino}`;
}

import { fstatSync } from "node:fs";

/**
 * Whether a descriptor is connected to journald: `JOURNAL_STREAM` has device and inode of the stream created by systemd
 * (systemd.exec(5)). The variable alone is not enough: terminals and pipes of a desktop session inherit it, too.
 */
export function isJournalStream(variable: string | undefined, descriptor = 1): boolean {
  if (variable === undefined || variable === "") return false;
  const { dev, ino } = fstatSync(descriptor, { bigint: true });
  return variable === `${dev}:${ino}`;
}

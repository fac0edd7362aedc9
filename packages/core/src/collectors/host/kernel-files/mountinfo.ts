import { CloudMonitorError } from "../../../model/errors.ts";

/** One line of /proc/<pid>/mountinfo, see proc_pid_mountinfo(5). Names are bytes, see byte-name.ts. */
export interface Mount {
  readonly id: string;
  readonly parent: string;
  readonly major: string;
  readonly minor: string;
  /** The folder of the filesystem that is mounted. */
  readonly root: string;
  readonly mountPoint: string;
  readonly fsType: string;
  /** A device, a server's export, or an arbitrary word. */
  readonly source: string;
  /** From the mount's own options, which another mount of the same filesystem need not share. */
  readonly readOnly: boolean;
  /** From the options of the filesystem itself. */
  readonly superReadOnly: boolean;
}

/** Invalid lines are skipped. Throws `COLLECT_FAILED` when there is no valid one. */
export function parseMountinfo(text: string): Mount[] {
  const mounts = text.split("\n").flatMap((line) => parseMount(line) ?? []);
  if (mounts.length > 0) return mounts;
  throw new CloudMonitorError(
    "COLLECT_FAILED",
    "mountinfo has no line `id parent major:minor root mountpoint options - type source options`",
  );
}

function parseMount(line: string): Mount | null {
  // Exactly one space between fields: an empty source shows as two in a row, so runs are not merged.
  const fields = line.split(" ");
  const [id = "", parent = "", number = "", root = "", mountPoint = "", options = ""] = fields;
  const dash = fields.indexOf("-", 6);
  const [major = "", minor = ""] = number.split(":");
  const fsType = fields[dash + 1] ?? "";
  if (dash === -1 || !/^\d+:\d+$/.test(number) || !mountPoint.startsWith("/") || fsType === "") return null;
  return {
    id,
    parent,
    major,
    minor,
    root: unescape(root),
    mountPoint: unescape(mountPoint),
    fsType: unescape(fsType),
    source: unescape(fields[dash + 2] ?? ""),
    readOnly: hasReadOnly(options),
    superReadOnly: hasReadOnly(fields[dash + 3] ?? ""),
  };
}

function hasReadOnly(options: string): boolean {
  return options.split(",").includes("ro");
}

/** The kernel writes space, tab, line feed, backslash and `#` as three octal digits. */
function unescape(field: string): string {
  return field.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

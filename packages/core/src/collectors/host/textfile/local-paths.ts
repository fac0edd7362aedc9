import { lstatSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { bytesOf } from "../kernel-files/byte-name.ts";
import { ProcFile } from "../kernel-files/proc-file.ts";
import { parseMountinfo } from "../kernel-files/mountinfo.ts";
import type { Mount } from "../kernel-files/mountinfo.ts";
import { isRemoteType } from "../kernel-files/remote-types.ts";

/** As many symbolic links as the kernel follows in one path, see path_resolution(7). */
const LINKS_MAX = 40;

/** Tells which paths can be read without waiting for a server, without touching any mount that may not respond. */
export class LocalPaths {
  readonly #file: ProcFile;
  #text = "";
  #remoteMounts: ReadonlySet<string> = new Set();

  /** The mounts of this process: it is the one that opens the paths. */
  constructor(mountinfo = "/proc/self/mountinfo") {
    this.#file = new ProcFile(mountinfo);
  }

  /** Reads the mounts again; call it once per reading. Without a readable list, every path counts as local. */
  refresh(): void {
    const text = this.#file.text();
    if (text === this.#text) return;
    this.#text = text;
    this.#remoteMounts = remoteMounts(parseMountinfo(text));
  }

  /** Whether neither the absolute path (see byte-name.ts) nor a symbolic link in it leads to a remote mount. */
  isLocal(path: string): boolean {
    const rest = partsOf(path);
    let current = "/";
    let links = 0;
    for (let part = rest.shift(); part !== undefined; part = rest.shift()) {
      const next = join(current, part);
      if (this.#remoteMounts.has(next)) return false;
      const target = linkTarget(next);
      if (target === null) current = next;
      else if (++links > LINKS_MAX) return true;
      else {
        rest.unshift(...partsOf(target));
        if (target.startsWith("/")) current = "/";
      }
    }
    return true;
  }
}

/** The mount points whose topmost mount is remote. */
function remoteMounts(mounts: readonly Mount[]): Set<string> {
  const remote = new Set<string>();
  for (const { mountPoint, fsType } of mounts) {
    if (isRemoteType(fsType)) remote.add(mountPoint);
    else remote.delete(mountPoint);
  }
  // Nothing can be read without it.
  remote.delete("/");
  return remote;
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** Null for anything but a symbolic link; what does not exist fails when it is opened. */
function linkTarget(path: string): string | null {
  try {
    return lstatSync(bytesOf(path)).isSymbolicLink() ? readlinkSync(bytesOf(path), "latin1") : null;
  } catch {
    return null;
  }
}

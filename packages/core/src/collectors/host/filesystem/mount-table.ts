import { CloudMonitorError, messageOf } from "../../../model/errors.ts";
import type { CollectContext } from "../../../model/collector.ts";
import { byteNameOf } from "../kernel-files/byte-name.ts";
import { hostMounts } from "./host-mounts.ts";
import { knownMounts } from "./known-mount.ts";
import type { KnownMount, MountOptions } from "./known-mount.ts";
import { parseMountinfo } from "../kernel-files/mountinfo.ts";
import type { Mount } from "../kernel-files/mountinfo.ts";
import type { HostFiles } from "../kernel-files/host-files.ts";
import type { ProcFile } from "../kernel-files/proc-file.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";

/** Our own table usually changes with that of process 1, and is then read at once. */
const OWN_PERIOD_MS = 30_000;

/** The host's current mounts. They change rarely: unchanged texts are not parsed again. */
export class MountTable {
  readonly #options: MountOptions;
  readonly #first: ProcFile;
  readonly #own: ProcFile;
  #ownText: RereadAfter<string | null>;
  #texts: readonly [string | null, string | null] = [null, null];
  #mounts: readonly KnownMount[] = [];

  constructor(files: HostFiles, options: MountOptions) {
    this.#options = options;
    // Those of process 1 are the host's, also for a service with its own mount namespace; with hidepid, only root may read them.
    this.#first = files.file("1", "mountinfo");
    this.#own = files.file("self", "mountinfo");
    this.#ownText = this.#rereadOwn();
  }

  read(context: CollectContext): readonly KnownMount[] {
    const first = this.#readFirst();
    if (typeof first === "string" && first !== this.#texts[0]) this.#ownText = this.#rereadOwn();
    const own = typeof first === "string" ? this.#ownText.get(context) : this.#readOwn(first);
    this.#use(typeof first === "string" ? first : null, own);
    return this.#mounts;
  }

  #use(first: string | null, own: string | null): void {
    const [lastFirst, lastOwn] = this.#texts;
    if (first === lastFirst && own === lastOwn) return;
    // In the same namespace both are the same text.
    const tables = first === own ? { first: parsed(first), own: null } : { first: parsed(first), own: parsed(own) };
    this.#mounts = knownMounts(hostMounts(tables, byteNameOf(this.#options.rootfs)), this.#options);
    this.#texts = [first, own];
  }

  /** The text, or the reason why there is none. */
  #readFirst(): string | { readonly why: string } {
    try {
      return this.#first.lines();
    } catch (error) {
      return { why: messageOf(error) };
    }
  }

  #readOwn({ why }: { readonly why: string }): string {
    try {
      return this.#own.lines();
    } catch (error) {
      throw new CloudMonitorError("COLLECT_FAILED", `${why}; nor another: ${messageOf(error)}`, {
        retryable: true,
        cause: error,
      });
    }
  }

  #rereadOwn(): RereadAfter<string | null> {
    return new RereadAfter(OWN_PERIOD_MS, () => {
      try {
        return this.#own.lines();
      } catch {
        // Not the procfs of our own processes: then all mounts of process 1 count as visible.
        return null;
      }
    });
  }
}

function parsed(text: string | null): readonly Mount[] | null {
  return text === null ? null : parseMountinfo(text);
}

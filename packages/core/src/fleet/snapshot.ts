import { readFileSync, renameSync } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import type { CancelTimer, Clock } from "../model/clock.ts";
import { codeOf, messageOf } from "../model/errors.ts";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import { formatSnapshot, parseSnapshot } from "./snapshot-format.ts";

export interface SnapshotOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Changes within this time share one write. */
const DELAY_MS = 1_000;

/**
 * The instances in `STATE_DIR/instances.json`, for a start without the database. A write replaces the file as a whole
 * (temporary file, fsync, rename), so a crash leaves the old or the new one. It is a copy: losing one write costs
 * nothing while the database is there, so a failed write is logged and the next change tries again.
 */
export class Snapshot {
  readonly path: string;
  readonly stats = { writes: 0, failures: 0 };
  readonly #clock: Clock;
  readonly #logger: Logger;
  #instances: (() => readonly Instance[]) | null = null;
  #cancelTimer: CancelTimer | null = null;
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: SnapshotOptions) {
    this.path = join(options.stateDir, "instances.json");
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Null without a usable file. One that cannot be read is put aside, so that no later write destroys it. */
  read(): readonly Instance[] | null {
    try {
      return parseSnapshot(readFileSync(this.path, "utf8"));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return null;
      this.#putAside(error);
      return null;
    }
  }

  /** Writes what `instances` gives, a second from now at the latest. */
  schedule(instances: () => readonly Instance[]): void {
    if (this.#stopped) return;
    this.#instances = instances;
    this.#cancelTimer ??= this.#clock.after(DELAY_MS, () => void this.flush());
  }

  /** Writes now what is scheduled, and resolves when nothing is being written. */
  flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const instances = this.#instances;
    this.#instances = null;
    if (instances !== null) this.#writing = this.#writing.then(() => this.#write(instances()));
    return this.#writing;
  }

  /** A last write of what is scheduled; later calls of schedule() do nothing. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.flush();
  }

  async #write(instances: readonly Instance[]): Promise<void> {
    const temporary = `${this.path}.tmp`;
    try {
      await writeDurably(temporary, formatSnapshot(instances));
      await rename(temporary, this.path);
      this.stats.writes++;
    } catch (error) {
      this.stats.failures++;
      this.#logger.warn("The snapshot of the instances could not be written; the next change tries again.", {
        path: this.path,
        error: messageOf(error),
      });
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  #putAside(error: unknown): void {
    const aside = `${this.path}.corrupt`;
    const facts = { path: this.path, error: messageOf(error) };
    try {
      renameSync(this.path, aside);
      this.#logger.warn("The snapshot of the instances cannot be read; it was put aside.", { ...facts, aside });
    } catch {
      this.#logger.warn("The snapshot of the instances cannot be read, nor put aside.", facts);
    }
  }
}

async function writeDurably(path: string, chunks: Iterable<string>): Promise<void> {
  await using file = await open(path, "w", 0o600);
  for (const chunk of chunks) await file.writeFile(chunk);
  await file.sync();
}

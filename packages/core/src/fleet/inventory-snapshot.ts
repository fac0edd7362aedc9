import { rename } from "node:fs/promises";
import { join } from "node:path";
import type { CancelTimer, Clock } from "../model/clock.ts";
import { messageOf } from "../model/errors.ts";
import type { Instance } from "../model/instance.ts";
import type { Logger } from "../model/logger.ts";
import { readRegularFileLater } from "../platform/read-regular-file.ts";
import { replaceFile } from "../platform/replace-file.ts";
import { formatSnapshot, parseSnapshot } from "./inventory-snapshot-format.ts";

export interface InventorySnapshotOptions {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Changes within this time share one write: a second, and longer where writing takes long, so that a large fleet that
 * changes all the time does not write all the time.
 */
const DELAY_MS = { min: 1_000, max: 60_000, ofLastWrite: 20 };
/** 1,000,000 instances of 250 bytes. */
const BYTES_MAX = 256 * 1024 * 1024;

/**
 * The instances in `STATE_DIR/instances.json`, for a start without the database. A write replaces the file as a whole
 * (temporary file, fsync, rename), so a crash leaves the old or the new one. It is a copy: a lost write does no harm
 * while the database is available, so a failed write is logged and retried with the next change.
 */
export class InventorySnapshot {
  readonly path: string;
  readonly stats = { writes: 0, failures: 0, skipped: 0 };
  readonly #clock: Clock;
  readonly #logger: Logger;
  #instances: (() => readonly Instance[]) | null = null;
  #cancelTimer: CancelTimer | null = null;
  #lastWriteMs = 0;
  /** Writes follow each other. */
  #writing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(options: InventorySnapshotOptions) {
    this.path = join(options.stateDir, "instances.json");
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Null without a usable file. An unreadable one is moved aside, so that no later write overwrites it. */
  async read(): Promise<readonly Instance[] | null> {
    try {
      // Asynchronous: a disk that hangs must not block the main thread.
      const file = await readRegularFileLater(this.path, { bytesMax: BYTES_MAX, followLinks: false });
      if (file === null) return null;
      const { instances, skipped, firstProblem } = parseSnapshot(file.bytes.toString("utf8"));
      this.stats.skipped += skipped;
      if (skipped > 0) {
        const facts = { path: this.path, skipped, firstProblem };
        this.#logger.warn("invalid entries of the inventory snapshot ignored", facts);
      }
      return instances;
    } catch (error) {
      await this.#putAside(error);
      return null;
    }
  }

  /** Writes the result of `instances` within a second; within a minute where writing takes long. */
  schedule(instances: () => readonly Instance[]): void {
    if (this.#stopped) return;
    this.#instances = instances;
    const delayMs = Math.max(DELAY_MS.min, this.#lastWriteMs * DELAY_MS.ofLastWrite);
    this.#cancelTimer ??= this.#clock.after(Math.min(delayMs, DELAY_MS.max), () => void this.flush());
  }

  /** Writes a scheduled change now, and resolves when no write is in progress. */
  flush(): Promise<void> {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    this.#writing = this.#writing.then(() => this.#writeScheduled());
    return this.#writing;
  }

  /** Writes a scheduled change; later calls of schedule() do nothing. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.flush();
  }

  async #writeScheduled(): Promise<void> {
    if (this.#instances === null) return;
    const instances = this.#instances;
    this.#instances = null;
    const startMs = this.#clock.monotonicMs();
    await this.#write(instances());
    this.#lastWriteMs = this.#clock.monotonicMs() - startMs;
  }

  async #write(instances: readonly Instance[]): Promise<void> {
    try {
      await replaceFile(this.path, formatSnapshot(instances));
      this.stats.writes++;
    } catch (error) {
      this.stats.failures++;
      this.#logger.warn("inventory snapshot could not be written, retrying with the next change", {
        path: this.path,
        error: messageOf(error),
      });
    }
  }

  async #putAside(error: unknown): Promise<void> {
    const aside = `${this.path}.corrupt`;
    const facts = { path: this.path, error: messageOf(error) };
    try {
      await rename(this.path, aside);
      this.#logger.warn("inventory snapshot unreadable, moved aside", { ...facts, aside });
    } catch {
      this.#logger.warn("inventory snapshot unreadable, could not be moved aside", facts);
    }
  }
}

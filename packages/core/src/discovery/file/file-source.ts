import { messageOf } from "../../model/errors.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import { readRegularFileLater } from "../../platform/read-regular-file.ts";
import type { DiscoveryListener, DiscoverySource } from "../discovery-source.ts";
import type { InstancesFile } from "./instances-file.ts";

/** The content is compared, not a time or a size: an edit within one tick of the filesystem's clock counts, too. */
const LOOK_EVERY_MS = 2_000;
const BYTES_MAX = 64 * 1024 * 1024;

export interface FileSourceOptions {
  readonly path: string;
  readonly file: InstancesFile;
  readonly clock: Clock;
}

/** A file of instances, read again when it changes. */
export class FileSource implements DiscoverySource {
  readonly name = "file";
  readonly location: string;
  readonly #options: FileSourceOptions;
  #cancel: CancelTimer = () => {};
  #stopped = false;
  /** The content at the last look; null: read it whatever it is. */
  #seen: Buffer | null = null;
  #lastProblem: string | null = null;

  constructor(options: FileSourceOptions) {
    this.#options = options;
    this.location = options.path;
  }

  start(listener: DiscoveryListener): void {
    void this.#look(listener);
  }

  recheck(): void {
    this.#options.file.forget();
    this.#seen = null;
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel();
  }

  /** Never rejects. */
  async #look(listener: DiscoveryListener): Promise<void> {
    try {
      await this.#read(listener);
    } catch (error) {
      this.#fail(listener, [{ where: this.location, message: messageOf(error) }]);
    }
    if (!this.#stopped) this.#cancel = this.#options.clock.after(LOOK_EVERY_MS, () => void this.#look(listener));
  }

  async #read(listener: DiscoveryListener): Promise<void> {
    const file = await readRegularFileLater(this.location, { bytesMax: BYTES_MAX, followLinks: true });
    if (file === null) return this.#fail(listener, [{ where: this.location, message: "no such file" }]);
    if (this.#seen?.equals(file.bytes) === true) return listener.confirmed();
    this.#seen = file.bytes;
    this.#lastProblem = null;
    const { instances, problems } = await this.#options.file.parse(file.bytes.toString("utf8").replace(/^\uFEFF/, ""));
    if (this.#stopped) return;
    if (instances === null) listener.failed(problems);
    else listener.found(instances);
  }

  /** A file that is missing is reported once, and read when it is there again. */
  #fail(listener: DiscoveryListener, problems: readonly ErrorDetail[]): void {
    const problem = JSON.stringify(problems);
    this.#seen = null;
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    listener.failed(problems);
  }
}

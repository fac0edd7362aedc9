import { closeSync, openSync, readSync, statSync } from "node:fs";
import { CloudMonitorError, codeOf, messageOf } from "../../../model/errors.ts";

/** Maximum file size; the largest known, /proc/stat of a machine with thousands of interrupts, is less than 1 MiB. */
const BYTES_MAX = 16 * 1024 * 1024;

/** Pressure stall information that is compiled in but off gives EOPNOTSUPP (Documentation/accounting/psi.rst). */
const ABSENT: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EOPNOTSUPP", "ENOTSUP"]);

/**
 * A kernel file that is read repeatedly: its descriptor stays open and all files share one buffer, which saves the open, the
 * stat and the allocation of each readFileSync.
 * Only synchronous calls: an asynchronous read that hangs would block one of the process's four I/O threads forever.
 */
export class ProcFile {
  static #buffer = Buffer.allocUnsafe(64 * 1024);
  readonly path: string;
  #descriptor: number | null = null;

  constructor(path: string) {
    this.path = path;
  }

  /** The current text, one character per byte (see byte-name.ts). Throws `COLLECT_FAILED` when it cannot be read. */
  text(): string {
    try {
      return this.#readAnew();
    } catch (error) {
      throw this.#failure(error);
    }
  }

  /** Like text(), for a file of lines: an empty one, or one that ends within a line, is refused, since its numbers may be truncated. */
  lines(): string {
    const text = this.list();
    if (text === "") throw new CloudMonitorError("COLLECT_FAILED", `${this.path} is empty; wanted lines`);
    return text;
  }

  /** Like text(), but null when this kernel does not have the file, or the feature behind it is off. */
  textIfThere(): string | null {
    try {
      // An exception for each reading of a file that is never there would take longer than reading it.
      if (this.#descriptor === null && statSync(this.path, { throwIfNoEntry: false }) === undefined) return null;
      return this.#readAnew();
    } catch (error) {
      if (ABSENT.has(codeOf(error) ?? "")) return null;
      throw this.#failure(error);
    }
  }

  /** Like lines(), for a list of items, which may be empty. */
  list(): string {
    const text = this.text();
    if (text !== "" && !text.endsWith("\n")) {
      throw new CloudMonitorError(
        "COLLECT_FAILED",
        `${this.path} ends in the middle of a line after ${text.length} characters`,
      );
    }
    return text;
  }

  close(): void {
    const descriptor = this.#descriptor;
    this.#descriptor = null;
    if (descriptor !== null) closeQuietly(descriptor);
  }

  /** An open descriptor can outlive its file (ENODEV, ESTALE, ESRCH): then a new one is tried. */
  #readAnew(): string {
    try {
      return this.#read();
    } catch (error) {
      if (this.#descriptor === null) throw error;
    }
    this.close();
    try {
      return this.#read();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  #read(): string {
    this.#descriptor ??= openSync(this.path, "r");
    let length = 0;
    for (;;) {
      if (length === ProcFile.#buffer.length) ProcFile.#grow();
      // The kernel returns most files in pieces of a page, so only an empty read is the end.
      const count = readSync(this.#descriptor, ProcFile.#buffer, length, ProcFile.#buffer.length - length, length);
      if (count === 0) return withLineFeeds(ProcFile.#buffer.toString("latin1", 0, length));
      length += count;
    }
  }

  static #grow(): void {
    const size = ProcFile.#buffer.length * 2;
    if (size > BYTES_MAX) throw new Error(`is over ${BYTES_MAX / 2} bytes long`);
    const larger = Buffer.allocUnsafe(size);
    ProcFile.#buffer.copy(larger);
    ProcFile.#buffer = larger;
  }

  #failure(cause: unknown): CloudMonitorError {
    return new CloudMonitorError(
      "COLLECT_FAILED",
      `${this.path} cannot be read: ${codeOf(cause) ?? messageOf(cause)}`,
      {
        retryable: true,
        cause,
      },
    );
  }
}

/** The kernel ends lines with a line feed alone; a copy of its files that went through another system may not. */
function withLineFeeds(text: string): string {
  return text.includes("\r\n") ? text.replaceAll("\r\n", "\n") : text;
}

/** It may already be closed. */
function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch (error) {
    if (codeOf(error) !== "EBADF") throw error;
  }
}

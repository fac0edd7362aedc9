import { closeSync, openSync, readSync } from "node:fs";
import { bytesOf } from "./byte-name.ts";
import { integerOf, isWithoutValue } from "./sysfs.ts";

/** A sysfs attribute has at most one page (Documentation/filesystems/sysfs.rst). */
const BUFFER = Buffer.allocUnsafe(64 * 1024);
/** Of all attributes of the process together: a host may have thousands of interfaces. */
const OPEN_MAX = 512;
let open = 0;

/**
 * An attribute of sysfs that is read again and again: its descriptor stays open, and one without a value is not tried again,
 * which together takes a sixth of the time. So its owner must make a new one when the device may be another, or may have the
 * value now, and then close this one.
 */
export class AttributeFile {
  readonly #path: Buffer;
  #descriptor: number | null = null;
  #isAbsent = false;

  /** See byte-name.ts. */
  constructor(path: string) {
    this.#path = bytesOf(path);
  }

  /** One character per byte, without blanks around it; null if the device has no value for it. */
  text(): string | null {
    const length = this.#read();
    return length === null ? null : textOf(length);
  }

  /** The integer, decimal or `0x` hexadecimal; null if there is none. */
  number(): number | null {
    const length = this.#read();
    return length === null ? null : (digitsOf(length) ?? integerOf(textOf(length)));
  }

  /** Idempotent. */
  close(): void {
    const descriptor = this.#descriptor;
    if (descriptor === null) return;
    this.#descriptor = null;
    open--;
    closeSync(descriptor);
  }

  /** Into the buffer; returns the number of bytes, or null without a value. */
  #read(): number | null {
    if (this.#isAbsent) return null;
    try {
      if (this.#descriptor === null) {
        this.#descriptor = openSync(this.#path, "r");
        open++;
      }
      return readSync(this.#descriptor, BUFFER, 0, BUFFER.length, 0);
    } catch (error) {
      if (!isWithoutValue(error)) throw error;
      this.#isAbsent = true;
      return null;
    } finally {
      if (this.#isAbsent || open > OPEN_MAX) this.close();
    }
  }
}

function textOf(length: number): string {
  return BUFFER.toString("latin1", 0, length).trim();
}

/** Of a text of digits and a line feed, as most are; null for any other. */
function digitsOf(length: number): number | null {
  const end = length > 0 && BUFFER[length - 1] === LINE_FEED ? length - 1 : length;
  // Up to 15 digits the sum is exact.
  if (end === 0 || end > 15) return null;
  let value = 0;
  for (let at = 0; at < end; at++) {
    const digit = BUFFER[at]! - ZERO;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return value;
}

const LINE_FEED = 0x0a;
const ZERO = 0x30;

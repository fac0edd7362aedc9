import { closeSync, openSync, readSync, readdirSync, statSync } from "node:fs";
import { codeOf } from "../../../model/errors.ts";
import { bytesOf } from "./byte-name.ts";

/** A sysfs attribute has at most one page (Documentation/filesystems/sysfs.rst). */
const BUFFER = Buffer.allocUnsafe(64 * 1024);
/** Errors of an attribute that a device does not have, now or ever: a driver chooses among many. */
const NO_VALUE: ReadonlySet<string> = new Set(
  "EACCES EAGAIN EBUSY EINVAL EIO EISDIR ENODATA ENODEV ENOENT ENOTDIR ENXIO EOPNOTSUPP ENOTSUP EPERM ETIMEDOUT".split(
    " ",
  ),
);

/** Whether the error says that the device has no such attribute, or no value for it now. */
export function isWithoutValue(error: unknown): boolean {
  return NO_VALUE.has(codeOf(error) ?? "");
}

/** Without an exception, which takes longer than a reading: for what most hosts do not have. */
export function isThere(path: string): boolean {
  return statSync(bytesOf(path), { throwIfNoEntry: false }) !== undefined;
}

/** Names of the entries of a folder in alphabetical order, one character per byte; none if there is no such folder. */
export function entriesOf(folder: string): string[] {
  try {
    return readdirSync(bytesOf(folder), { encoding: "latin1" }).sort();
  } catch (error) {
    if (isWithoutValue(error)) return [];
    throw error;
  }
}

/** The text of an attribute, one character per byte, without blanks around it; null if the device does not have a value for it. */
export function attributeText(path: string): string | null {
  let descriptor: number | null = null;
  try {
    descriptor = openSync(bytesOf(path), "r");
    return BUFFER.toString("latin1", 0, readSync(descriptor, BUFFER, 0, BUFFER.length, 0)).trim();
  } catch (error) {
    if (isWithoutValue(error)) return null;
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}

/** The integer of an attribute, decimal or `0x` hexadecimal; null if there is none. */
export function attributeNumber(path: string): number | null {
  const text = attributeText(path);
  return text === null ? null : integerOf(text);
}

/** Null for a text that is not an integer, decimal or `0x` hexadecimal. */
export function integerOf(text: string): number | null {
  return /^(?:[-+]?\d{1,300}|0[xX][0-9A-Fa-f]{1,200})$/.test(text) ? Number(text) : null;
}

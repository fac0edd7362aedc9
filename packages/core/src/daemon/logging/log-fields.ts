import { types } from "node:util";

export type PlainFields = Record<string, unknown>;

const STRING_LENGTH_MAX = 1024;
/** Frames are from our own code, not from input: longer than other texts. */
const STACK_LENGTH_MAX = 4096;
const DEPTH_MAX = 6;
const ENTRIES_MAX = 64;
/** Maximum number of values per record, in width and depth together. */
const VALUES_MAX = 512;

/** Fields as plain JSON values: limited in every dimension, and total for any input, including cycles. */
export function plainFields(fields: Readonly<Record<string, unknown>>): PlainFields {
  return new Plain().fields(fields);
}

/** `text` without passwords in URLs, at most 1 KiB of it, with a note of what was truncated. */
export function cutText(text: string, lengthMax = STRING_LENGTH_MAX): string {
  // A password may straddle the limit, so text beyond it is searched, too; beyond twice the limit it cannot matter.
  const start = text.slice(0, 2 * lengthMax).replace(URL_PASSWORD, "$1***@");
  return text.length <= lengthMax ? start : `${start.slice(0, lengthMax)}...(${text.length - lengthMax} more)`;
}

/** A second line of defence: no component logs a secret intentionally. */
const SECRET_NAME = /^(?:.*(?:password|secret|authorization)|.*token)$/i;
const URL_PASSWORD = /(:\/\/[^\s/:@]{0,256}:)[^\s/@]{1,1024}@/g;

class Plain {
  readonly #above = new Set<object>();
  #values = 0;

  fields(source: Readonly<Record<string, unknown>>): PlainFields {
    const plain: PlainFields = {};
    const names = Object.keys(source);
    for (const name of names.slice(0, ENTRIES_MAX)) {
      const value = SECRET_NAME.test(name) ? "***" : this.#value(readProperty(source, name));
      if (value !== undefined) plain[cutText(name, 128)] = value;
    }
    if (names.length > ENTRIES_MAX) plain["..."] = `${names.length - ENTRIES_MAX} more`;
    return plain;
  }

  #value(value: unknown): unknown {
    if (++this.#values > VALUES_MAX) return "[too much]";
    if (typeof value === "string") return cutText(value);
    if (typeof value === "function") return "[function]";
    // JSON has no NaN and infinities; null would hide which it was.
    if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
    if (typeof value === "bigint" || typeof value === "symbol") return cutText(String(value));
    return typeof value === "object" && value !== null ? this.#guarded(value) : value;
  }

  #guarded(value: object): unknown {
    if (this.#above.has(value)) return "[circular]";
    if (this.#above.size >= DEPTH_MAX) return "[too deep]";
    this.#above.add(value);
    try {
      return this.#object(value);
    } catch {
      // A proxy or a getter of a foreign object; the record matters more than this value.
      return "[unreadable]";
    } finally {
      this.#above.delete(value);
    }
  }

  #object(value: object): unknown {
    if (Error.isError(value)) return this.#error(value);
    if (Array.isArray(value)) return this.#items(value);
    if (types.isDate(value)) return Number.isNaN(value.getTime()) ? "invalid date" : value.toISOString();
    if (types.isRegExp(value) || value instanceof URL) return cutText(String(value));
    if (types.isMap(value)) return this.#items([...value.entries()].slice(0, ENTRIES_MAX + 1));
    if (types.isSet(value)) return this.#items([...value].slice(0, ENTRIES_MAX + 1));
    if (ArrayBuffer.isView(value) || types.isAnyArrayBuffer(value)) return `[${value.byteLength} bytes]`;
    return this.fields(value as Record<string, unknown>);
  }

  #items(items: readonly unknown[]): unknown[] {
    const plain = items.slice(0, ENTRIES_MAX).map((item) => this.#value(item) ?? null);
    if (items.length > ENTRIES_MAX) plain.push("[more]");
    return plain;
  }

  /** Own serializer: JSON.stringify converts an Error to `{}`. */
  #error(error: Error): PlainFields {
    const plain: PlainFields = { name: cutText(error.name), message: cutText(error.message) };
    const more = error as Error & { code?: unknown; details?: unknown; errors?: unknown };
    if (more.code !== undefined) plain["code"] = this.#value(more.code);
    if (Array.isArray(more.details) && more.details.length > 0) plain["details"] = this.#value(more.details);
    if (Array.isArray(more.errors)) plain["errors"] = this.#value(more.errors);
    const stack = framesOf(error);
    if (stack !== "") plain["stack"] = stack;
    if (error.cause !== undefined) plain["cause"] = this.#value(error.cause);
    return plain;
  }
}

function readProperty(source: Readonly<Record<string, unknown>>, name: string): unknown {
  try {
    return source[name];
  } catch {
    return "[unreadable]";
  }
}

/** The stack without its first lines, which repeat name and message. */
function framesOf(error: Error): string {
  const stack = typeof error.stack === "string" ? error.stack : "";
  const frames = stack.split("\n").filter((line) => /^\s+at /.test(line));
  return cutText(frames.map((line) => line.trim()).join("\n"), STACK_LENGTH_MAX);
}

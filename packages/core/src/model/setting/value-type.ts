/** How the text of a setting becomes its value. Parsing is total: it never throws. */
export interface ValueType<T> {
  /** Completes "wanted ...": `a port, 0 to 65535`. */
  readonly wanted: string;
  parse(text: string, context: ParseContext): Parsed<T>;
  /** The value as a user would write it; parses back to the same value. */
  format(value: T): string;
  /** A flag of this type may be given without a value. */
  readonly isSwitch?: boolean;
  /** May be a sequence in YAML. */
  readonly isList?: boolean;
}

/** `reason` replaces "found ..., wanted ..." where a specific message is more helpful. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason?: string };

export interface ParseContext {
  /** Absolute working folder, the base of relative paths. */
  readonly cwd: string;
}

export function accepted<T>(value: T): Parsed<T> {
  return { ok: true, value };
}

export const REFUSED: Parsed<never> = Object.freeze({ ok: false });

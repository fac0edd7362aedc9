import type { ValueType } from "./value-type.ts";

/** A setting as declared by its owner: its meaning, without its key in the configuration. */
export interface SettingDeclaration<Value = unknown> {
  readonly type: ValueType<NonNullable<Value>>;
  /** The default as a user would write it, or how it is computed. */
  readonly fallback: string | ComputedDefault<Value>;
  /** One sentence. */
  readonly help: string;
  /** Short environment variable, in addition to the long one. */
  readonly shortName?: string;
  /** Flag, if it is not the derived one. */
  readonly flag?: string;
  /** Never shown; may also be given as a file; not accepted on a command line, which everyone can read. */
  readonly secret?: boolean;
  /** True when a reload applies it to the running daemon. */
  readonly reloadable?: boolean;
}

export interface ComputedDefault<Value> {
  /** For docs and `--help`. */
  readonly text: string;
  readonly value: (facts: Facts) => Value;
}

/** What computed defaults may depend on. */
export interface Facts {
  readonly hostName: string;
  readonly cores: number;
  /** Absolute. */
  readonly stateDir: string;
  /** The time zone of the C library when the variable TZ is not set. */
  readonly systemTimeZone: string;
}

/** Settings of one part, by key. */
export type SettingDeclarations = Readonly<Record<string, SettingDeclaration>>;

/** The values of these settings, by key. */
export type OptionsOf<Declarations> = {
  readonly [Key in keyof Declarations]: ParsedBy<Declarations[Key]> | DefaultOf<Declarations[Key]>;
};

type ParsedBy<Declaration> = Declaration extends { readonly type: ValueType<infer Value> } ? Value : never;
type DefaultOf<Declaration> = Declaration extends { readonly fallback: ComputedDefault<infer Value> } ? Value : never;

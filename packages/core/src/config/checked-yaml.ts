import type { Ajv, ValidateFunction } from "ajv";
import type { Document, LineCounter } from "yaml";
import { messageOf } from "../model/errors.ts";
import type { ErrorDetail } from "../model/errors.ts";
import { fieldErrors } from "../model/schemas/field-errors.ts";
import { compilePattern } from "../model/pattern.ts";
import { parseRfc3339 } from "../model/rfc-3339.ts";
import { isAddress } from "../platform/address.ts";
import { didYouMean } from "./did-you-mean.ts";

export interface CheckedYaml {
  /** Null when there are problems. */
  readonly value: unknown;
  /** With their lines: `targets.yaml:12`. */
  readonly problems: readonly ErrorDetail[];
  /** The place of a value, such as `["items", 3]`. */
  readonly placeOf: (path: readonly (string | number)[]) => string;
}

/** Parses YAML and checks it against a JSON schema, whose descriptions complete the sentence "must be ...". */
export async function readCheckedYaml(text: string, file: string, schema: object): Promise<CheckedYaml> {
  // Loaded on use: a daemon without such a file does not need them. In the bundle they have no named exports.
  const [{ default: yaml }, { default: ajv }] = await Promise.all([import("yaml"), import("ajv")]);
  const lines = new yaml.LineCounter();
  const document = yaml.parseDocument(withoutMark(text), { lineCounter: lines, prettyErrors: false });
  const placeOf = (path: readonly (string | number)[]) => placeIn({ document, lines, file }, path);
  const faults = [...document.errors, ...document.warnings].map(({ pos, message }) => {
    const { line, col } = lines.linePos(pos[0]);
    return { where: `${file}:${line}:${col}`, message: `invalid YAML: ${message}` };
  });
  if (faults.length > 0) return { value: null, problems: faults, placeOf };
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    return { value: null, problems: [{ where: file, message: `invalid YAML: ${messageOf(error)}` }], placeOf };
  }
  const validate = validatorOf(schema, ajv.default ?? ajv);
  if (validate(value)) return { value, problems: [], placeOf };
  const problems = fieldErrors(validate.errors ?? []).map(({ where, message }) => {
    const path = where.split("/").slice(1).map(unescaped);
    return { where: placeOf(path), message: `"${path.join(".")}" ${message}${suggestion(schema, path, message)}` };
  });
  return { value: null, problems, placeOf };
}

/** Compiled once. */
const VALIDATORS = new WeakMap<object, ValidateFunction>();

function validatorOf(schema: object, Validator: typeof Ajv): ValidateFunction {
  let validate = VALIDATORS.get(schema);
  if (validate === undefined) {
    const formats = {
      address: isAddress,
      regexp: isRegexp,
      "date-time": (text: string) => parseRfc3339(text) !== null,
    };
    validate = new Validator({ allErrors: true, verbose: true, allowUnionTypes: true, formats }).compile(schema);
    VALIDATORS.set(schema, validate);
  }
  return validate;
}

/** Some editors begin a file with a byte order mark. */
function withoutMark(text: string): string {
  return text.startsWith("\uFEFF") ? text.slice(1) : text;
}

interface Parsed {
  readonly document: Document;
  readonly lines: LineCounter;
  readonly file: string;
}

/** The line of a value, or of the nearest one around it when it is missing. */
function placeIn({ document, lines, file }: Parsed, path: readonly (string | number)[]): string {
  for (let length = path.length; length >= 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: readonly number[] | null } | undefined;
    const offset = node?.range?.[0];
    if (offset !== undefined) return `${file}:${lines.linePos(offset).line}`;
  }
  return file;
}

function isRegexp(text: string): boolean {
  try {
    return Boolean(compilePattern(text));
  } catch {
    return false;
  }
}

function unescaped(key: string): string {
  return key.replaceAll("~1", "/").replaceAll("~0", "~");
}

/** For an unknown key: the known one that is meant. */
function suggestion(schema: object, path: readonly string[], message: string): string {
  if (!message.startsWith("not allowed here")) return "";
  return didYouMean(path.at(-1) ?? "", [...keysIn(schema)]);
}

function* keysIn(schema: unknown): Generator<string> {
  if (typeof schema !== "object" || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") yield* Object.keys(value as object);
    yield* keysIn(value);
  }
}

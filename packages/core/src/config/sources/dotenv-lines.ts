/** The contents of a `.env` file, by starting line. */
export interface DotenvLines {
  readonly assignments: readonly { readonly name: string; readonly line: number }[];
  readonly faults: readonly { readonly line: number; readonly message: string }[];
}

const WANTED = "wanted NAME=value, a comment that begins with #, or an empty line";
const LINE = /.*/y;
const NOTHING = /[^\S\n]*(?:#.*)?$/my;
const ASSIGNMENT = /[^\S\n]*(?:export[^\S\n]+)?([\w.-]+)(?:[^\S\n]*=|:[^\S\n])/y;
const QUOTE = /[^\S\n]*['"`]/y;
/** May span several lines. */
const QUOTED = /[^\S\n]*(?:'(?:\\'|[^'])*'|"(?:\\"|[^"])*"|`(?:\\`|[^`])*`)[^\S\n]*(?:#.*)?$/my;

/**
 * Finds the lines of a `.env` file that the parser skips silently or interprets differently than intended. No message repeats
 * any part of the text, which may be a secret.
 */
export function checkDotenvLines(given: string): DotenvLines {
  const text = given.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const assignments: { name: string; line: number }[] = [];
  const faults: { line: number; message: string }[] = [];
  let line = 1;
  for (let at = 0; at < text.length;) {
    const statement = statementAt(text, at);
    if (statement.name !== null) assignments.push({ name: statement.name, line });
    if (statement.fault !== null) faults.push({ line, message: statement.fault });
    // The line break after it belongs to it.
    for (let i = at; i <= statement.end && i < text.length; i++) if (text[i] === "\n") line++;
    at = statement.end + 1;
  }
  return { assignments, faults };
}

interface Statement {
  /** Offset after its last character. */
  readonly end: number;
  readonly name: string | null;
  readonly fault: string | null;
}

function statementAt(text: string, at: number): Statement {
  const lineEnd = endOf(LINE, text, at)!;
  if (endOf(NOTHING, text, at) !== null) return { end: lineEnd, name: null, fault: null };
  const written = text.slice(at, lineEnd);
  ASSIGNMENT.lastIndex = at;
  const name = ASSIGNMENT.exec(text)?.[1];
  if (name === undefined) return { end: lineEnd, name: null, fault: noAssignment(written) };
  const valueAt = ASSIGNMENT.lastIndex;
  const end = endOf(QUOTED, text, valueAt) ?? lineEnd;
  const isUnclosed = end === lineEnd && endOf(QUOTED, text, valueAt) === null && endOf(QUOTE, text, valueAt) !== null;
  if (isUnclosed) {
    return { end, name, fault: "found a quote at the value's beginning and none at its end; wanted both, or none" };
  }
  const fault = /[^\P{Cc}\t\n]/u.test(text.slice(at, end)) ? "found a control character" : null;
  return { end, name, fault };
}

function noAssignment(written: string): string {
  const found = /^\s*(?:export\s+)?[\w.-]+:/.test(written) ? "found a colon behind a name" : "found other text";
  return /^\s*(?:export\s+)?[\w.-]+\s*$/.test(written)
    ? `found a name without a value, ${WANTED}`
    : `${found}, ${WANTED}`;
}

/** The end of a sticky expression's match at this offset; null without a match. */
function endOf(expression: RegExp, text: string, at: number): number | null {
  expression.lastIndex = at;
  return expression.test(text) ? Math.max(expression.lastIndex, at) : null;
}

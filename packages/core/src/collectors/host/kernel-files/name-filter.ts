import { textOf } from "./byte-name.ts";

/** Whether a name (see byte-name.ts) is selected: with an `include` only what it matches, else all but what `exclude` matches. */
export function nameFilter(include: RegExp, exclude: RegExp): (name: string) => boolean {
  return isEmpty(include) ? (name) => !exclude.test(textOf(name)) : (name) => include.test(textOf(name));
}

/** The expression of a setting without a text, which matches nothing. */
export function isEmpty({ source }: RegExp): boolean {
  return source === "(?!)";
}

import type { ErrorDetail } from "../model/errors.ts";
import { INSTANCE_LIMITS } from "../model/instance.ts";

interface Texts {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The instance with name and labels in Unicode's composed form (NFC): an é is one character or two, depending on the
 * client's system, and both must be the same name.
 */
export function inNormalForm<T extends Texts>(given: T): T {
  const name = given.name?.normalize();
  const labels =
    given.labels && Object.entries(given.labels).map(([label, value]) => [label, value.normalize()] as const);
  return {
    ...given,
    ...(name !== undefined && { name }),
    ...(labels !== undefined && { labels: Object.fromEntries(labels) }),
  };
}

/** What is too long in this form, in which some characters become two or three; with JSON pointers. */
export function tooLongTexts({ name = "", labels = {} }: Texts): ErrorDetail[] {
  return [
    ...tooLong("/name", name, INSTANCE_LIMITS.nameLengthMax),
    ...Object.entries(labels).flatMap(([label, value]) =>
      tooLong(`/labels/${label}`, value, INSTANCE_LIMITS.labelValueLengthMax),
    ),
  ];
}

/** In code points, as JSON Schema counts. */
function tooLong(where: string, text: string, lengthMax: number): ErrorDetail[] {
  if (text.length <= lengthMax || Array.from(text).length <= lengthMax) return [];
  return [{ where, message: `must be at most ${lengthMax} characters in composed form (NFC)` }];
}

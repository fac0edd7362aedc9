interface Texts {
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * The same instance with name and labels in Unicode's composed form (NFC): an é is one character or two, as the client's
 * system has it, and both must be the same name.
 */
export function inNormalForm<T extends Texts>(given: T): T {
  const { name, labels } = given;
  return {
    ...given,
    ...(name !== undefined && { name: name.normalize() }),
    ...(labels !== undefined && {
      labels: Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, value.normalize()])),
    }),
  };
}

export type QueryValue = string | number | readonly string[] | undefined;

/** `?a=1&label=x%3Dy&label=...`, or "". A list becomes one parameter per item. */
export function queryString<Query extends { [Name in keyof Query]: QueryValue }>(query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries<QueryValue>(query)) {
    if (value === undefined) continue;
    for (const item of typeof value === "object" ? value : [value]) parameters.append(name, String(item));
  }
  return parameters.size === 0 ? "" : `?${parameters.toString()}`;
}

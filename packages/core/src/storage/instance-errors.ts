import { CloudMonitorError } from "../model/errors.ts";

/** A commit was sent to the database, without a response. */
export function changeUnconfirmed(cause: CloudMonitorError): CloudMonitorError {
  return new CloudMonitorError(
    "STORE_UNAVAILABLE",
    `it is not known whether the change was made, since the database's response was lost; check before you repeat it (${cause.message})`,
    { retryable: true, cause },
  );
}

export function instanceNotFound(id: number): CloudMonitorError {
  return new CloudMonitorError("INSTANCE_NOT_FOUND", `no instance has the id ${id}`);
}

/** Indexes in a list request of the `names` that are in `existing` or occur earlier in the list. */
export function takenPlaces(names: readonly string[], existing: ReadonlySet<string>): readonly string[] {
  const seen = new Set(existing);
  return names.flatMap((name, index) => {
    if (seen.has(name)) return [`/${index}/name`];
    seen.add(name);
    return [];
  });
}

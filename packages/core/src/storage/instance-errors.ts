import { CloudMonitorError } from "../model/errors.ts";

/** `names` by their place in the request; an update has only one place. */
export function nameTaken(taken: readonly { where: string; name: string }[]): CloudMonitorError {
  const shown = taken.length === 1 ? "this name" : `${taken.length} of these names`;
  return new CloudMonitorError("INSTANCE_NAME_TAKEN", `another instance has ${shown}; choose another or delete it`, {
    details: taken.map(({ where, name }) => ({ where, message: `the name ${JSON.stringify(name)} is taken` })),
  });
}

/** The database was told to commit, and did not answer. */
export function changeUnanswered(cause: CloudMonitorError): CloudMonitorError {
  return new CloudMonitorError(
    "STORE_UNAVAILABLE",
    `it is not known whether the change was made, since the database's answer was lost; look before you repeat it (${cause.message})`,
    { retryable: true, cause },
  );
}

export function instanceNotFound(id: number): CloudMonitorError {
  return new CloudMonitorError("INSTANCE_NOT_FOUND", `no instance has the id ${id}`);
}

/** Entries of `names` that are in `existing` or stand earlier in the list, as places of a list request. */
export function takenNames(
  names: readonly string[],
  existing: ReadonlySet<string>,
): readonly { where: string; name: string }[] {
  const seen = new Set<string>();
  const taken: { where: string; name: string }[] = [];
  names.forEach((name, index) => {
    if (existing.has(name) || seen.has(name)) taken.push({ where: `/${index}/name`, name });
    seen.add(name);
  });
  return taken;
}

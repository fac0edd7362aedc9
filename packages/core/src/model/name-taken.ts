import { CloudMonitorError } from "./errors.ts";

/** The error for names that other instances have; `places` are JSON pointers into the request, none if it has only one name. */
export function nameTaken(places: readonly string[] = []): CloudMonitorError {
  const names = places.length > 1 ? `${places.length} of these names` : "this name";
  return new CloudMonitorError("INSTANCE_NAME_TAKEN", `Another instance has ${names}; choose another, or delete it.`, {
    details: places.map((where) => ({ where, message: "is the name of another instance" })),
  });
}

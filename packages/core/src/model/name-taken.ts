import { CloudMonitorError } from "./errors.ts";

/** Other instances have the names at `places` of a request (JSON pointers); without any, the request has one name. */
export function nameTaken(places: readonly string[] = []): CloudMonitorError {
  const names = places.length > 1 ? `${places.length} of these names` : "this name";
  return new CloudMonitorError("INSTANCE_NAME_TAKEN", `Another instance has ${names}; choose another, or delete it.`, {
    details: places.map((where) => ({ where, message: "is the name of another instance" })),
  });
}

/** Anything thrown, as the `Error` that it is almost always: with a `code`, where the system or the driver threw it. */
export function thrownError(error: unknown): NodeJS.ErrnoException {
  return Error.isError(error) ? error : new Error(String(error));
}

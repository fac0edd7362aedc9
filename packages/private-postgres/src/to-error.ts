/** A caught value as an `Error`, which it almost always is; with a `code` if the system or the driver threw it. */
export function toError(error: unknown): NodeJS.ErrnoException {
  return Error.isError(error) ? error : new Error(String(error));
}

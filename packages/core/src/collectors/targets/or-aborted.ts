/**
 * Settles as the promise does, or rejects as soon as the signal aborts. A connection or a look-up that does not notice the
 * signal goes on until its own timeout, and must not keep its instance from being collected in the meantime.
 */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | null): Promise<T> {
  if (signal === null) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

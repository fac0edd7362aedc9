import type { StreamMessage, StreamQuery } from "@cloud-monitor/client";
import { ApiError, UnreachableError } from "@cloud-monitor/client";
import type { Session } from "./session.ts";
import { sleep } from "./sleep.ts";

const RECONNECT_MS = 2_000;

/**
 * The messages of a stream, over lost connections and restarts of the daemon: it goes on after the last event. For callers
 * that have reached the daemon before. Rejects with the signal's reason, and when the daemon refuses the request.
 */
export async function* followStream(
  { client, clock, printer, signal }: Pick<Session, "client" | "clock" | "printer" | "signal">,
  query: StreamQuery,
): AsyncGenerator<StreamMessage, never, undefined> {
  let { lastEventId } = query;
  for (;;) {
    let reason = "the daemon ended the connection";
    try {
      for await (const message of client.stream({ ...query, ...(lastEventId !== undefined && { lastEventId }) })) {
        if (message.type === "event") lastEventId = message.event.id;
        else if (message.type === "open") lastEventId ??= message.lastEventId ?? undefined;
        yield message;
      }
    } catch (error) {
      signal.throwIfAborted();
      const isPassing = error instanceof UnreachableError || (error instanceof ApiError && error.status === 503);
      if (!isPassing) throw error;
      reason = error instanceof UnreachableError ? error.reason : error.message;
    }
    printer.remark(`connection lost: ${reason}; connecting again`);
    await sleep(clock, RECONNECT_MS, signal);
  }
}

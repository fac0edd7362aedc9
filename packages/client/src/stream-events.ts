import type { StreamMessage, StreamQuery } from "./client.ts";
import type { Transport } from "./transport.ts";
import type { Event, InstanceValues } from "./event-types.ts";
import { ApiError } from "./api-error.ts";
import { queryString } from "./query-string.ts";
import { readProblem } from "./response.ts";
import { serverSentEvents } from "./server-sent-events.ts";

/** The daemon sends at least a heartbeat every 5 s. */
const SILENCE_MS = 20_000;

/** The messages of one stream, until the daemon ends it. */
export async function* streamEvents(
  transport: Transport,
  query: StreamQuery,
): AsyncGenerator<StreamMessage, void, undefined> {
  const { instance, lastEventId, type } = query;
  const parameters = queryString({ topics: topicsOf(query), instance, type });
  const answer = await transport.open(`/api/v1/events${parameters}`, {
    accept: "text/event-stream",
    ...(lastEventId !== undefined && { headers: { "last-event-id": String(lastEventId) } }),
    silenceMs: SILENCE_MS,
  });
  if ("status" in answer) throw new ApiError(readProblem(answer), answer.retryAfter);
  let isOpen = false;
  for await (const { data, event, id } of serverSentEvents(answer)) {
    if (!isOpen) yield { type: "open", lastEventId: id === null ? null : Number(id) };
    isOpen = true;
    if (event === "event") yield { type: "event", event: JSON.parse(data) as Event };
    else if (event === "values") yield { type: "values", values: JSON.parse(data) as InstanceValues[] };
  }
}

function topicsOf({ events = true, values = [] }: StreamQuery): string {
  return [...(events ? ["events"] : []), ...(values.length > 0 ? [`values:${values.join(",")}`] : [])].join(",");
}

import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { serverSentEvents } from "./server-sent-events.ts";
import type { ServerSentEvent } from "./server-sent-events.ts";

async function read(pieces: readonly string[]): Promise<ServerSentEvent[]> {
  const stream = (async function* () {
    yield* pieces;
  })();
  const messages: ServerSentEvent[] = [];
  for await (const message of serverSentEvents(stream)) messages.push(message);
  return messages;
}

test("reads names, ids and data of several lines; comments, and what does not end, are left out", async () => {
  const text =
    "retry: 2000\nid: 7\n\n: heartbeat\n\nid: 8\nevent: event\ndata: {\ndata: }\n\nevent: values\ndata:[]\n\nid: 9\n";

  expect(await read([text])).toEqual([
    { id: "7", event: "", data: "" },
    { id: "8", event: "event", data: "{\n}" },
    { id: null, event: "values", data: "[]" },
  ]);
});

test("pieces may end anywhere", async () => {
  const message = fc.record({
    id: fc.option(fc.nat().map(String)),
    event: fc.constantFrom("event", "values"),
    data: fc.json().map((text) => text.replaceAll("\n", " ")),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(message), fc.array(fc.nat(40)), async (messages, lengths) => {
      const text = messages
        .map(({ data, event, id }) => `${id === null ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`)
        .join("");
      const pieces: string[] = [];
      let at = 0;
      for (const length of lengths) pieces.push(text.slice(at, (at += length)));
      pieces.push(text.slice(at));

      expect(await read(pieces)).toEqual(messages);
    }),
  );
});

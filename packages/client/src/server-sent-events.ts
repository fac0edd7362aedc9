/** A message of a stream of server-sent events. */
export interface ServerSentEvent {
  /** Null when it has none. */
  readonly id: string | null;
  /** Empty for the default, and for a message without data. */
  readonly event: string;
  readonly data: string;
}

/**
 * Reads `text/event-stream` (HTML Living Standard, 9.2) in pieces of any size. Comments are skipped; a message without data,
 * which only sets the id, is not.
 */
export async function* serverSentEvents(
  pieces: AsyncIterable<string>,
): AsyncGenerator<ServerSentEvent, void, undefined> {
  let rest = "";
  for await (const piece of pieces) {
    const blocks = (rest + piece).split("\n\n");
    rest = blocks.pop()!;
    for (const block of blocks) {
      const message = messageOf(block);
      if (message !== null) yield message;
    }
  }
}

function messageOf(block: string): ServerSentEvent | null {
  const fields = block.split("\n").map((line) => /^([^:]+)(?:: ?(.*))?$/.exec(line)?.slice(1) ?? []);
  const valuesOf = (wanted: string) => fields.filter(([name]) => name === wanted).map(([, value = ""]) => value);
  const [id = null] = valuesOf("id").slice(-1);
  const [event = ""] = valuesOf("event").slice(-1);
  const data = valuesOf("data");
  return id === null && data.length === 0 ? null : { id, event, data: data.join("\n") };
}

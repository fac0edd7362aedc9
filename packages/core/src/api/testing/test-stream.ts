import type { IncomingMessage } from "node:http";
import { get } from "node:http";

/** A message of a stream; `event` is "" when it has no name. */
export interface StreamMessage {
  readonly id: string | null;
  readonly event: string;
  readonly data: string;
}

/** A reader of server-sent events, over a real socket. */
export interface TestStream {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  /** The next message with this name; those before it are passed over. */
  next(event: string): Promise<StreamMessage>;
  /** The next comment. */
  comment(): Promise<string>;
  /** Reads nothing more. */
  pause(): void;
  close(): void;
  /** Resolves when the server has ended it. */
  readonly ended: Promise<void>;
}

export async function openStream(
  port: number,
  path: string,
  headers: Record<string, string> = {},
): Promise<TestStream> {
  const accept = { accept: "text/event-stream" };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get({ port, path, headers: { ...accept, ...headers }, agent: false }, resolve).on("error", reject);
  });
  const blocks: string[] = [];
  let text = "";
  let wake: (() => void) | null = null;
  response.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (text + chunk).split("\n\n");
    text = parts.pop()!;
    blocks.push(...parts);
    wake?.();
  });
  const ended = new Promise<void>((resolve) => response.on("error", () => {}).on("close", resolve));
  const take = async (isWanted: (block: string) => boolean): Promise<string> => {
    for (;;) {
      for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) if (isWanted(block)) return block;
      await new Promise<void>((resolve, reject) => {
        wake = resolve;
        void ended.then(() => reject(new Error("the stream ended")));
      });
    }
  };
  return {
    status: response.statusCode!,
    headers: response.headers,
    next: async (event) => messageOf(await take((block) => messageOf(block).event === event)),
    comment: async () => (await take((block) => block.startsWith(": "))).slice(2),
    pause: () => void response.pause(),
    close: () => void response.destroy(),
    ended,
  };
}

function messageOf(block: string): StreamMessage {
  const field = (name: string) =>
    block
      .split("\n")
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  return { id: field("id") ?? null, event: field("event") ?? "", data: field("data") ?? "" };
}

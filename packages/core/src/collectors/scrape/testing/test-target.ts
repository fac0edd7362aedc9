import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { once } from "node:events";

export type Respond = (response: ServerResponse, request: IncomingMessage) => void;

/** A target on loopback; each request is answered by `respond`. */
export class TestTarget implements AsyncDisposable {
  readonly requests: IncomingMessage[] = [];
  connections = 0;
  respond: Respond;
  readonly #server: Server;

  private constructor(respond: Respond) {
    this.respond = respond;
    this.#server = createServer((request, response) => {
      this.requests.push(request);
      this.respond(response, request);
    });
    this.#server.on("connection", () => this.connections++);
  }

  static async start(respond: Respond = metrics("")): Promise<TestTarget> {
    const target = new TestTarget(respond);
    target.#server.listen(0, "127.0.0.1");
    await once(target.#server, "listening");
    return target;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/metrics`;
  }

  /** Resolves at the next request. */
  async asked(): Promise<void> {
    await once(this.#server, "request");
  }

  /** Closes the connections that wait for a request. */
  closeIdle(): void {
    this.#server.closeAllConnections();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }
}

export function metrics(text: string, headers: Readonly<Record<string, string>> = {}): Respond {
  return (response) => {
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4", ...headers });
    response.end(text);
  };
}

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/** Between a daemon and its PostgreSQL: forwards all bytes until a test injects a fault. */
export class PostgresProxy implements AsyncDisposable {
  readonly #target: URL;
  readonly #server: Server;
  readonly #links = new Set<Link>();
  #mode: "pass" | "refuse" | "stall" = "pass";
  #repliesToLose = 0;

  /** `url` names the database; a Unix socket is a folder as host, encoded. */
  static async start(url: string): Promise<PostgresProxy> {
    const proxy = new PostgresProxy(url);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  private constructor(url: string) {
    this.#target = new URL(url);
    this.#server = createServer((client) => this.#link(client));
  }

  /** The same database by way of the proxy. */
  get address() {
    const { pathname, username } = this.#target;
    const { port } = this.#server.address() as AddressInfo;
    return { host: "127.0.0.1", port, user: decodeURIComponent(username), database: pathname.slice(1) };
  }

  get url(): string {
    const { host, port, user, database } = this.address;
    return `postgresql://${encodeURIComponent(user)}@${host}:${port}/${database}`;
  }

  /** How many replies are still to be lost. */
  get repliesToLose(): number {
    return this.#repliesToLose;
  }

  /** The next `count` changes of instances are committed, and their connections are closed before the reply to COMMIT. */
  loseReplies(count: number): void {
    this.#repliesToLose = count;
  }

  /** Closes all connections and accepts none. */
  refuse(): void {
    this.#mode = "refuse";
    this.#cut();
  }

  /** Forwards nothing and closes nothing, like a network failure. */
  stall(): void {
    this.#mode = "stall";
    for (const link of this.#links) link.stall();
  }

  /** Closes stalled connections; new ones work. */
  heal(): void {
    this.#mode = "pass";
    this.#cut();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#cut();
    this.#server.close();
    await once(this.#server, "close");
  }

  #cut(): void {
    for (const link of this.#links) link.cut();
  }

  #link(client: Socket): void {
    if (this.#mode === "refuse") return void client.destroy();
    const host = decodeURIComponent(this.#target.hostname);
    const port = Number(this.#target.port || 5432);
    const server = host.startsWith("/") ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
    const link = new Link(client, server, () => this.#repliesToLose > 0 && this.#repliesToLose-- > 0);
    this.#links.add(link);
    client.once("close", () => this.#links.delete(link));
    if (this.#mode === "stall") link.stall();
  }
}

/** One connection of each side. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #losesReply: () => boolean;
  #isChange = false;
  #isCommitting = false;

  constructor(client: Socket, server: Socket, losesReply: () => boolean) {
    this.#client = client;
    this.#server = server;
    this.#losesReply = losesReply;
    for (const socket of [client, server]) {
      socket.on("error", () => this.cut());
      socket.on("close", () => this.cut());
    }
    client.on("data", (bytes: Buffer) => this.#toServer(bytes));
    server.on("data", (bytes: Buffer) => this.#toClient(bytes));
  }

  stall(): void {
    this.#client.pause();
    this.#server.pause();
  }

  cut(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #toServer(bytes: Buffer): void {
    const text = bytes.toString("latin1");
    // Registering a host locks the counter too; only a change of users' instances names one of these.
    this.#isChange ||= CHANGES.some((words) => text.includes(words));
    if (this.#isChange && COMMIT.test(text)) {
      this.#isChange = false;
      this.#isCommitting = this.#losesReply();
    }
    this.#server.write(bytes);
  }

  #toClient(bytes: Buffer): void {
    if (this.#isCommitting) this.cut();
    else this.#client.write(bytes);
  }
}

const CHANGES = ["jsonb_array_elements($4::jsonb) with ordinality", "update instance set"];
/** A simple query: type, length, text. */
const COMMIT = /^Q[\s\S]{4}commit/i;

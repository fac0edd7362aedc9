import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import type { Socket } from "node:net";

/** More connections than the kernel keeps for a listener with the shortest backlog. */
const CONNECTIONS = 8;
const LISTEN = `const server = require("node:net").createServer();
server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => process.stdout.write(String(server.address().port)));`;

/** A listener on loopback to which no further connection is established: its process is stopped, its backlog full. */
export class FullListener implements AsyncDisposable {
  readonly port: number;
  readonly #child: ChildProcess;
  readonly #sockets: readonly Socket[];

  private constructor(child: ChildProcess, port: number) {
    this.port = port;
    this.#child = child;
    this.#sockets = Array.from({ length: CONNECTIONS }, () => connect(port, "127.0.0.1").on("error", () => {}));
  }

  static async start(): Promise<FullListener> {
    const child = spawn(process.execPath, ["-e", LISTEN], { stdio: ["ignore", "pipe", "inherit"] });
    const [port] = (await once(child.stdout, "data")) as [Buffer];
    child.kill("SIGSTOP");
    return new FullListener(child, Number(String(port)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#child.kill("SIGKILL");
    await once(this.#child, "close");
  }
}

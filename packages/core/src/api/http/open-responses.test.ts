import type { Socket } from "node:net";
import { connect } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "@jest/globals";
import type { ConnectionDropReason } from "../../exposition/sources.ts";
import type { ApiContext } from "./context.ts";
import type { TestApi } from "../testing/test-api.ts";
import { expositionOf } from "../testing/exposition-of.ts";
import { testApi } from "../testing/test-api.ts";

const PIECE = "x".repeat(64 * 1024);
const MIB_PIECES = 16;

interface SlowApi extends AsyncDisposable {
  readonly api: TestApi;
  readonly dropped: ConnectionDropReason[];
  /** A connection that requested `path`, got the first bytes, and reads no more. */
  ask(path: string): Promise<Socket>;
}

/** An API whose /metrics has `mib` MiB, more than all buffers of a connection. */
async function slowApi(mib: number): Promise<SlowApi> {
  async function* page() {
    for (let i = 0; i < mib * MIB_PIECES; i++) yield PIECE;
  }
  const dropped: ConnectionDropReason[] = [];
  const httpRecorder: ApiContext["httpRecorder"] = {
    observe: () => {},
    countDroppedConnection: (reason) => dropped.push(reason),
  };
  const api = await testApi({ exposition: expositionOf(async () => page()), httpRecorder });
  const { port } = await api.server.listen();
  const sockets: Socket[] = [];
  return {
    api,
    dropped,
    async ask(path) {
      const socket = connect(port, "127.0.0.1");
      sockets.push(socket);
      socket.on("error", () => {});
      socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
      await once(socket, "readable");
      return socket;
    },
    async [Symbol.asyncDispose]() {
      sockets.forEach((socket) => socket.destroy());
      await api[Symbol.asyncDispose]();
    },
  };
}

/** All bytes until the server closes the connection. */
async function restOf(socket: Socket): Promise<number> {
  let length = 0;
  socket.on("data", (chunk) => (length += chunk.length)).resume();
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return length;
}

/** Reads at least `bytes`. */
async function take(socket: Socket, bytes: number): Promise<void> {
  for (let taken = 0; taken < bytes;) {
    const chunk = socket.read() as Buffer | null;
    if (chunk === null) await once(socket, "readable");
    else taken += chunk.length;
  }
}

describe("a client that reads nothing", () => {
  test("loses its connection after 30 s, and not before", async () => {
    await using slow = await slowApi(16);
    const socket = await slow.ask("/metrics");

    slow.api.clock.advance(28_000);
    expect(slow.dropped).toEqual([]);
    slow.api.clock.advance(2_000);

    expect(slow.dropped).toEqual(["stalled"]);
    expect(await restOf(socket)).toBeLessThan(16 * 1024 * 1024);
  });

  test("does not block others from /metrics, however many there are", async () => {
    await using slow = await slowApi(4);
    for (let i = 0; i < 12; i++) {
      await slow.ask(`/metrics?collect[]=${"abcdefghijkl"[i]}`);
      slow.api.clock.advance(200);
    }

    const answers = await Promise.all([slow.api.call("GET", "/metrics"), slow.api.call("GET", "/-/healthy")]);

    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(slow.dropped).toEqual([]);
  });
});

describe("a client that reads slowly all the time", () => {
  test("has 60 s for a response", async () => {
    await using slow = await slowApi(40);
    const socket = await slow.ask("/metrics");

    for (let i = 0; i < 5; i++) {
      slow.api.clock.advance(11_000);
      await take(socket, 5 * 1024 * 1024);
    }
    expect(slow.dropped).toEqual([]);
    slow.api.clock.advance(6_000);

    expect(slow.dropped).toEqual(["deadline"]);
  });

  test("gets all of it if that is enough, and may send another request", async () => {
    await using slow = await slowApi(16);
    const socket = await slow.ask("/metrics");

    for (let i = 0; i < 2; i++) {
      slow.api.clock.advance(25_000);
      await take(socket, 7 * 1024 * 1024);
    }
    socket.write("GET /-/healthy HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

    expect(await restOf(socket)).toBeGreaterThan(100);
    expect(slow.dropped).toEqual([]);
  });
});

describe("unread bodies", () => {
  test("are at most 64 MiB: then the oldest responses are closed", async () => {
    await using slow = await slowApi(20);
    const sockets = [];
    for (const name of ["a", "b", "c", "d", "e"]) sockets.push(await slow.ask(`/metrics?collect[]=${name}`));

    expect(slow.dropped).toEqual(["memory", "memory"]);
    expect(await restOf(sockets[0]!)).toBeLessThan(20 * 1024 * 1024);
    expect(await restOf(sockets[1]!)).toBeLessThan(20 * 1024 * 1024);
  });

  test("count once if shared by many", async () => {
    await using slow = await slowApi(20);

    await Promise.all(Array.from({ length: 20 }, () => slow.ask("/metrics")));

    expect(slow.dropped).toEqual([]);
  });

  test("may be larger if there is only one", async () => {
    await using slow = await slowApi(80);
    const socket = await slow.ask("/metrics");

    await take(socket, 79 * 1024 * 1024);

    expect(slow.dropped).toEqual([]);
  });
});

test("a client that sends many requests and reads no response loses its connection, whatever the route", async () => {
  await using slow = await slowApi(1);
  const body = Array.from({ length: 1_000 }, (_, i) => ({ name: `n-${i}-${"x".repeat(100)}`, ip: "10.0.0.1" }));
  await slow.api.call("POST", "/instances/bulk", { body });
  const socket = await slow.ask("/instances?limit=1000");

  const request = "GET /instances?limit=1000 HTTP/1.1\r\nHost: localhost\r\n\r\n";
  socket.write(request.repeat(300));
  const length = await restOf(socket);

  expect(length).toBeLessThan(64 * 1024 * 1024);
  expect(slow.dropped).toContain("memory");
});

test("HEAD of a large response has its length and no body", async () => {
  await using slow = await slowApi(2);

  const { status, headers, text } = await slow.api.call("HEAD", "/metrics");

  expect([status, headers["content-length"], text]).toEqual([200, String(2 * 1024 * 1024), ""]);
});

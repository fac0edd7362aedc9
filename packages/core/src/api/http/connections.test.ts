import { once } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { connect, Socket } from "node:net";
import { describe, expect, test } from "@jest/globals";
import type { ConnectionDropReason } from "../../exposition/sources.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { Connections } from "./connections.ts";
import { rawRequest, statusesOf } from "../testing/raw-request.ts";
import { testApi } from "../testing/test-api.ts";

function setUp() {
  const clock = new ManualClock();
  const dropped: ConnectionDropReason[] = [];
  const connections = new Connections({ clock, onDropped: (reason) => dropped.push(reason) });
  /** Opens connections from an address. */
  const open = (address: string, count = 1) =>
    Array.from({ length: count }, () => {
      const socket = new Socket();
      Object.defineProperty(socket, "remoteAddress", { value: address });
      connections.add(socket);
      return socket;
    });
  return { clock, connections, dropped, open };
}

/** A request whose headers arrived on this connection; `end` sends its response. */
function request({ connections }: ReturnType<typeof setUp>, socket: Socket, complete = true) {
  const response = new Socket();
  connections.begin({ socket, complete } as IncomingMessage, response as unknown as ServerResponse);
  return { end: () => response.emit("close") };
}

const openOnes = (sockets: readonly Socket[]) => sockets.filter((socket) => !socket.destroyed).length;

describe("connections of one client", () => {
  test("are at most 256: a new one replaces the oldest that never sent a request", () => {
    const all = setUp();
    const sockets = all.open("192.0.2.7", 256);
    request(all, sockets[0]!);
    all.clock.advance(1_000);

    const [newest] = all.open("::ffff:192.0.2.7");

    expect([sockets[0]!.destroyed, sockets[1]!.destroyed, newest!.destroyed]).toEqual([false, true, false]);
    expect(all.dropped).toEqual(["replaced"]);
  });

  test("that are idle go next, longest idle first", () => {
    const all = setUp();
    const sockets = all.open("192.0.2.7", 256);
    const requests = sockets.map((socket) => request(all, socket));
    all.clock.advance(1_000);
    requests[7]!.end();
    all.clock.advance(1_000);
    requests[3]!.end();

    all.open("192.0.2.7");

    expect([sockets[7]!.destroyed, sockets[3]!.destroyed]).toEqual([true, false]);
  });

  test("whose body does not arrive, or whose response is not read for 5 s, are replaced last", () => {
    const all = setUp();
    const sockets = all.open("192.0.2.7", 256);
    sockets.forEach((socket, i) => request(all, socket, i !== 9));

    const [next] = all.open("192.0.2.7");
    expect([sockets[9]!.destroyed, openOnes(sockets)]).toEqual([true, 255]);
    request(all, next!);
    all.clock.advance(5_000);
    all.open("192.0.2.7");

    expect([sockets[0]!.destroyed, openOnes(sockets)]).toEqual([true, 254]);
  });

  test("that were opened within the last second are kept, while another one keeps us waiting", () => {
    const all = setUp();
    const slow = all.open("192.0.2.7", 254);
    slow.forEach((socket) => request(all, socket, false));
    all.clock.advance(10_000);
    const probes = all.open("192.0.2.7", 2);

    all.open("192.0.2.7");
    expect([openOnes(slow), openOnes(probes)]).toEqual([253, 2]);
    all.clock.advance(1_000);
    all.open("192.0.2.7");

    expect([openOnes(slow), openOnes(probes)]).toEqual([253, 1]);
  });

  test("that all are being answered stay, and the new one is refused", () => {
    const all = setUp();
    const sockets = all.open("192.0.2.7", 256);
    for (const socket of sockets) request(all, socket);

    const [refused] = all.open("192.0.2.7");

    expect([openOnes(sockets), refused!.destroyed, all.dropped]).toEqual([256, true, ["refused"]]);
  });

  test("count for a whole /64 of IPv6, and not for another", () => {
    const all = setUp();

    all.open("2001:db8::1", 200);
    all.open("2001:db8::ffff:1", 57);
    all.open("2001:db8:0:1::1", 100);

    expect([all.connections.size, all.dropped]).toEqual([356, ["replaced"]]);
  });

  test("on the loopback address are those of a proxy's clients, and may be 1,900", () => {
    const all = setUp();

    all.open("127.0.0.1", 1_900);
    all.clock.advance(1_000);
    expect(all.dropped).toEqual([]);
    all.open("::1");

    expect([all.connections.size, all.dropped]).toEqual([1_900, ["replaced"]]);
  });

  test("are removed when they are closed", async () => {
    const all = setUp();
    const sockets = all.open("192.0.2.7", 256);

    sockets.forEach((socket) => socket.destroy());
    await once(sockets.at(-1)!, "close");

    expect(all.connections.size).toBe(0);
  });
});

describe("connections of all clients", () => {
  test("leave the last 100 places to clients with fewer than four", () => {
    const all = setUp();
    for (let i = 0; i < 7; i++) all.open(`192.0.2.${i}`, 256).forEach((socket) => request(all, socket));
    all.open("198.51.100.1", 108).forEach((socket) => request(all, socket));

    const [refused] = all.open("198.51.100.1");
    const probes = Array.from({ length: 25 }, (_, i) => all.open(`203.0.113.${i}`, 4)).flat();
    const [beyond] = all.open("203.0.113.99");

    expect([refused!.destroyed, openOnes(probes), beyond!.destroyed]).toEqual([true, 100, true]);
    expect(all.connections.size).toBe(2_000);
  });

  test("beyond the limit replace one of the client that has most", () => {
    const all = setUp();
    const greedy = all.open("127.0.0.1", 1_800);
    all.open("192.0.2.7", 100);

    const modest = all.open("192.0.2.8", 50);

    expect([openOnes(modest), openOnes(greedy)]).toEqual([50, 1_754]);
  });
});

test("2,500 silent connections of one client keep no probe and no scraper out", async () => {
  await using api = await testApi();
  const { port } = await api.server.listen();
  const silent: Socket[] = [];
  // In batches that fit into the backlog of the listening socket.
  for (let i = 0; i < 25; i++) {
    const lot = Array.from({ length: 100 }, () => connect(port, "127.0.0.1").on("error", () => {}));
    await Promise.all(lot.map((socket) => once(socket, "connect")));
    silent.push(...lot);
  }

  const ask = (path: string) =>
    rawRequest(port, `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`);
  const answers = [await ask("/-/healthy"), await ask("/metrics")];

  silent.forEach((socket) => socket.destroy());
  expect(answers.flatMap(statusesOf)).toEqual([200, 200]);
  expect(answers[1]).toMatch(/cloud_monitor_http_connections_dropped_total\{reason="replaced"\} [1-9]/);
});

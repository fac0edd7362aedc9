import type { Socket } from "node:net";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createClient } from "@cloud-monitor/client";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { addFleet, ownMetrics } from "./support/fleet.ts";
import { cpuSeconds, residentMiB } from "./support/process-usage.ts";
import { report, skip } from "./support/report.ts";

/**
 * What open streams cost: a fleet without them, then with them. Each has the events and the values of some instances; a part
 * of the clients does not read. Instances are changed all the time, so that there are events.
 */
const { values } = parseArgs({
  options: {
    instances: { type: "string", default: "1000" },
    interval: { type: "string", default: "1" },
    clients: { type: "string", default: "1000" },
    silent: { type: "string", default: "10" },
    ids: { type: "string", default: "20" },
    events: { type: "string", default: "10" },
    seconds: { type: "string", default: "60" },
  },
});
const given = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, Number(text)])) as Record<
  keyof typeof values,
  number
>;
const SETTLE_MS = 5_000;
const EVENT = Buffer.from("event: event\n");

interface Streams {
  readonly sockets: readonly Socket[];
  bytes: number;
  events: number;
}

if (daemonBuilt()) await measure();
else skip("streams", DAEMON_NEEDS);

async function measure(): Promise<void> {
  const daemon = await startDaemon({ STORAGE: "postgres" });
  const changing = new AbortController();
  try {
    await addFleet(daemon.url, { count: given.instances, interval: given.interval });
    const changes = change(daemon.url, changing.signal);
    await sleep(SETTLE_MS);
    const without = await figuresOf(daemon, null);
    const streams = await openStreams(daemon.url);
    await sleep(SETTLE_MS);
    const withThem = await figuresOf(daemon, streams);
    changing.abort();
    await changes;
    for (const socket of streams.sockets) socket.destroy();
    report(
      `${given.instances} instances every ${given.interval} s, ${given.events} changes per second, ${given.seconds} s each: ` +
        `without streams, and with ${given.clients} of ${given.ids} instances, ${given.silent} of which do not read`,
      ["what", "without", "with"],
      without.map(([what, figure], i) => [what, figure, withThem[i]![1]]),
    );
  } finally {
    changing.abort();
    await daemon.stop();
  }
}

async function figuresOf(daemon: { url: string; pid: number }, streams: Streams | null) {
  const [before, cpuBefore] = [await ownMetrics(daemon.url), cpuSeconds(daemon.pid)];
  const [bytesBefore, eventsBefore] = [streams?.bytes ?? 0, streams?.events ?? 0];
  await sleep(given.seconds * 1000);
  const [after, cpuAfter] = [await ownMetrics(daemon.url), cpuSeconds(daemon.pid)];
  const grown = (name: string) => after.sum(name) - before.sum(name);
  const collected = grown("cloud_monitor_rows_collected_total");
  const percent = (part: number) => `${part} (${((100 * part) / collected).toPrecision(2)} %)`;
  const open = streams?.sockets.filter(({ destroyed }) => !destroyed).length ?? 0;
  const received = streams === null ? 0 : (streams.bytes - bytesBefore) / given.seconds / 1e6;
  const events = streams === null ? 0 : (streams.events - eventsBefore) / Math.max(1, open) / given.seconds;
  return [
    ["rows collected", collected],
    ["due collections missed", grown("cloud_monitor_collections_missed_total")],
    ["rows later than a slot of 100 ms", percent(grown('cloud_monitor_rows_late_total{limit="slot"}'))],
    ["rows later than their interval", percent(grown('cloud_monitor_rows_late_total{limit="interval"}'))],
    ["event loop p99, ms", 1000 * after.sum('cloud_monitor_eventloop_delay_seconds{statistic="p99"}')],
    ["processor time, % of a core", (100 * (cpuAfter - cpuBefore)) / given.seconds],
    ["resident, MiB", residentMiB(daemon.pid)],
    ["streams open at the end", open],
    ["received by all, MB/s", received],
    ["events per client and second", events],
  ] as [string, number | string][];
}

/** Changes one instance after the other. */
async function change(url: string, signal: AbortSignal): Promise<void> {
  const client = createClient({ url });
  for (let turn = 0; !signal.aborted; turn++) {
    await client.patchInstance(1 + (turn % given.instances), { labels: { turn: String(turn) } });
    await sleep(1000 / given.events);
  }
  await client.close();
}

async function openStreams(url: string): Promise<Streams> {
  const streams: Streams & { sockets: Socket[] } = { sockets: [], bytes: 0, events: 0 };
  const { hostname, port } = new URL(url);
  for (let i = 0; i < given.clients; i++) {
    const ids = Array.from({ length: given.ids }, (_, k) => 1 + ((i * given.ids + k) % given.instances));
    const socket = connect(Number(port), hostname);
    const path = `/api/v1/events?topics=events,values:${ids.join(",")}`;
    socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nAccept: text/event-stream\r\n\r\n`);
    socket.on("error", () => {});
    if (i < given.silent) socket.pause();
    else socket.on("data", (chunk) => count(streams, chunk));
    streams.sockets.push(socket);
    if (i % 50 === 49) await sleep(50);
  }
  return streams;
}

function count(streams: Streams, chunk: Buffer): void {
  streams.bytes += chunk.length;
  for (let at = chunk.indexOf(EVENT); at >= 0; at = chunk.indexOf(EVENT, at + 1)) streams.events++;
}

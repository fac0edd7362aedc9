import { fork } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { TestDaemon } from "../support/daemon.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly status: string;
  readonly reason: string | null;
}

interface Hostile {
  readonly port: number;
  readonly attacks: readonly string[];
}

const HONEST = 40;
/** A process of its own, since attacks also cost the server its time. */
const HOSTILE = fileURLToPath(new URL("hostile-server.ts", import.meta.url));
/** Four large bodies of 16 MiB, their texts, and what is parsed of them, beside the daemon itself. */
const RESIDENT_MIB_MAX = 700;

let daemon: TestDaemon;
let honest: Server;
let attacker: ChildProcess;
let hostile: Hostile;

beforeEach(async () => {
  honest = createServer((_request, response) => response.end("node_load1 1\nnode_load5 2\n"));
  honest.listen(0, "127.0.0.1");
  attacker = fork(HOSTILE, { execArgv: [] });
  await once(honest, "listening");
  [hostile] = (await once(attacker, "message")) as [Hostile];
  daemon = new TestDaemon({ env: { STORAGE: "memory", TARGETS_ALLOW_LOOPBACK: "true" } });
  await daemon.ready();
});

afterEach(async () => {
  await daemon?.dispose();
  await endChild(attacker);
  honest.close();
  honest.closeAllConnections();
});

const listed = async () =>
  (await daemon.json<{ readonly items: Listed[] }>("/instances?limit=1000")).items.filter(({ id }) => id > 0);

function residentMiB(): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${daemon.pid}/status`, "utf8"))![1]) / 1024;
}

test("targets that attack are down with a reason; they take neither threads nor memory, and honest ones stay up", async () => {
  const instance = (name: string, port: number) => {
    const target = `http://127.0.0.1:${port}/${name}`;
    return { name, ip: "127.0.0.1", kind: "scrape", interval: 5, target };
  };
  const { port } = honest.address() as AddressInfo;
  await daemon.send("POST", "/instances/bulk", [
    ...Array.from({ length: HONEST }, (_, index) => instance(`honest/${index}`, port)),
    ...hostile.attacks.map((attack) => instance(attack, hostile.port)),
  ]);

  const isTried = ({ status }: Listed) => status !== "pending";
  await eventually(listed, (all) => all.every(isTried));
  const before = await daemon.metric("cloud_monitor_shard_ticks_total");
  // Each is collected several times more.
  await eventually(
    () => daemon.metric("cloud_monitor_shard_ticks_total"),
    (ticks) => ticks > before + 100,
  );
  const isHonest = ({ name }: Listed) => !hostile.attacks.includes(name);
  // On a busy machine one may miss its deadline once.
  const all = await eventually(listed, (each) => each.filter(isHonest).every(({ status }) => status === "up"));
  const down = all.filter(({ status }) => status === "down");
  const reasons = new Set(down.map(({ reason }) => String(reason)));

  expect(down.filter(isHonest)).toEqual([]);
  // On a busy machine, what is large but valid may not be read in time.
  expect(down.map(({ name }) => name)).toEqual(
    expect.arrayContaining(hostile.attacks.filter((attack) => attack !== "many-series")),
  );
  expect([...reasons].filter((reason) => !["timeout", "invalid", "unreachable"].includes(reason))).toEqual([]);
  expect(await daemon.metric("cloud_monitor_thread_replacements_total")).toBe(0);
  expect(await daemon.metric("cloud_monitor_collections_missed_total", 'reason="replaced"')).toBe(0);
  expect(residentMiB()).toBeLessThan(RESIDENT_MIB_MAX);
  expect((await daemon.stop()).code).toBe(0);
}, 180_000);

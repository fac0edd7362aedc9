import { afterEach, describe, expect, it } from "@jest/globals";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Clock } from "../../model/clock.ts";
import { silentLogger } from "../../model/logger.ts";
import type { Logger } from "../../model/logger.ts";
import { ManualClock } from "../../model/testing/manual-clock.ts";
import { systemClock, yieldToLoop } from "../../platform/system-clock.ts";
import { createServiceManager } from "./service-manager.ts";

/**
 * Node cannot receive Unix datagrams either, so a few lines of Python do: one JSON string per datagram. With `full` the
 * queue of the socket is full until there is a line on stdin.
 */
const RECEIVER = `
import json, socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
a = sys.argv[1]
a = "\\0" + a[1:] if a.startswith("@") else a
s.bind(a)
fillers = 0
if sys.argv[2] == "full":
    filler = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    filler.setblocking(False)
    try:
        while True:
            filler.sendto(b"filler", a)
            fillers += 1
    except BlockingIOError:
        pass
print(json.dumps("listening"), flush=True)
if fillers > 0:
    sys.stdin.readline()
    for _ in range(fillers):
        s.recv(4096)
    print(json.dumps("drained"), flush=True)
while True:
    print(json.dumps(s.recv(4096).decode()), flush=True)
`;
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const itWithPython = hasPython ? it : it.skip;
const skipped = hasPython ? "" : " (skipped: needs python3)";

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-notify-"));
  cleanups.push(() => rmSync(folder, { recursive: true }));
  return folder;
}

async function receiver(address: string, queue: "empty" | "full" = "empty") {
  const child = spawn("python3", ["-c", RECEIVER, address, queue], { stdio: ["pipe", "pipe", "inherit"] });
  cleanups.push(async () => {
    const exited = once(child, "exit");
    child.kill();
    await exited;
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value)) as string;
  expect(await next()).toBe("listening");
  return { address, next, drain: () => child.stdin.write("\n") };
}

interface ManagerParts {
  readonly logger?: Logger;
  readonly clock?: Clock;
}

function managerOf(
  notifySocket: string | undefined,
  { logger = silentLogger, clock = systemClock }: ManagerParts = {},
) {
  const manager = createServiceManager({ notifySocket, watchdogUsec: "30000000", clock, logger });
  cleanups.push(() => manager.stop());
  return manager;
}

function warningsLogged() {
  const warnings: unknown[] = [];
  const logger: Logger = { ...silentLogger, warn: (_, fields) => void warnings.push(fields) };
  return { warnings, logger };
}

describe(`a service manager${skipped}`, () => {
  itWithPython.each(["path", "abstract"])("hears of the whole life in order on a %s socket", async (kind) => {
    const folder = temporaryFolder();
    const { address, next } = await receiver(kind === "path" ? join(folder, "notify") : `@${folder}`);
    const manager = managerOf(address);

    manager.ready();
    manager.status("12 instances\nREADY=0");
    manager.reloading();
    manager.stopping();
    await manager.stop();

    expect(await next()).toBe("READY=1");
    expect(await next()).toBe("STATUS=12 instances READY=0");
    expect(await next()).toMatch(/^RELOADING=1\nMONOTONIC_USEC=\d+$/);
    expect(await next()).toBe("STOPPING=1");
  });

  itWithPython("is told the time of a reload by the clock that it uses itself", async () => {
    const { address, next } = await receiver(join(temporaryFolder(), "notify"));
    const manager = managerOf(address);
    const now = () => Number(spawnSync("python3", ["-c", "import time; print(time.monotonic_ns())"]).stdout) / 1000;

    const before = now();
    manager.reloading();
    const told = Number(/MONOTONIC_USEC=(\d+)/.exec(await next())?.[1]);

    expect(told).toBeGreaterThanOrEqual(before);
    expect(told).toBeLessThanOrEqual(now());
  });

  itWithPython("gets signs of life that never queue up", async () => {
    const { address, next } = await receiver(join(temporaryFolder(), "notify"));
    const manager = managerOf(address);

    for (let i = 0; i < 1000; i++) manager.watchdog();
    manager.ready();

    expect(await next()).toBe("WATCHDOG=1");
    expect(await next()).toBe("READY=1");
  });

  itWithPython("whose queue is full is told again until it hears", async () => {
    const { address, next, drain } = await receiver(join(temporaryFolder(), "notify"), "full");
    const clock = new ManualClock();
    const manager = managerOf(address, { clock });

    manager.ready();
    manager.status("after it");
    while (clock.pending === 0) await yieldToLoop();
    drain();
    expect(await next()).toBe("drained");
    clock.advance(20);

    expect(await next()).toBe("READY=1");
    expect(await next()).toBe("STATUS=after it");
  });

  itWithPython("whose queue stays full costs a warning after two seconds", async () => {
    const { address } = await receiver(join(temporaryFolder(), "notify"), "full");
    const { warnings, logger } = warningsLogged();
    const clock = new ManualClock();
    const manager = managerOf(address, { clock, logger });

    manager.ready();
    while (warnings.length === 0) {
      await yieldToLoop();
      clock.advance(20);
    }
    await manager.stop();

    expect(clock.monotonicMs()).toBeGreaterThanOrEqual(2_000);
    expect(warnings).toEqual([{ notification: "READY=1", reason: "the queue of its socket stays full" }]);
  });

  it("with an invalid address is reported once", async () => {
    const { warnings, logger } = warningsLogged();
    const manager = managerOf("neither path nor name", { logger });

    manager.ready();
    manager.stopping();
    await manager.stop();

    expect(warnings).toEqual([{ reason: expect.stringContaining("NOTIFY_SOCKET") }]);
  });

  it("that has exited causes a warning", async () => {
    const { warnings, logger } = warningsLogged();
    const manager = managerOf(join(temporaryFolder(), "nobody"), { logger });

    manager.ready();
    await manager.stop();
    manager.ready();
    await manager.stop();

    expect(warnings).toEqual([{ notification: "READY=1", reason: expect.any(String) }]);
  });

  it("that does not exist gets no notifications and no heartbeats", async () => {
    const manager = managerOf(undefined);

    manager.ready();
    manager.watchdog();
    await manager.stop();

    expect(manager.watchdogIntervalMs).toBeNull();
  });

  it.each([
    ["30000000", 15_000],
    ["1", 1],
    ["0", null],
    ["", null],
    ["soon", null],
    [undefined, null],
  ])("with WATCHDOG_USEC=%s wants a sign of life every %s ms", (watchdogUsec, intervalMs) => {
    const manager = createServiceManager({
      notifySocket: "@x",
      watchdogUsec,
      clock: systemClock,
      logger: silentLogger,
    });

    expect(manager.watchdogIntervalMs).toBe(intervalMs);
  });
});

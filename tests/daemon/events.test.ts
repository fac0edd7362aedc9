import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Event, InstanceAvailability, InstanceValues } from "@cloud-monitor/client";
import { programOf } from "../support/bundle.ts";
import { cloudctl } from "../support/cloudctl.ts";
import { TestDaemon } from "../support/daemon.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { createTestDatabase } from "../support/postgres.ts";

const TIMEOUT_MS = 120_000;
const CLI = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));

let daemons: TestDaemon[] = [];
let children: ChildProcess[] = [];

afterEach(async () => {
  await Promise.all(children.map((child) => endChild(child)));
  await Promise.all(daemons.map((daemon) => daemon.dispose()));
  daemons = [];
  children = [];
});

function start(env: Readonly<Record<string, string>>, stateDir?: string): TestDaemon {
  const options = stateDir === undefined ? { env } : { env, stateDir };
  const daemon = new TestDaemon(options);
  daemons.push(daemon);
  return daemon;
}

/** A `cloudctl` that runs until the end of the test, and its lines of JSON so far. */
function following<T>(url: string, ...args: readonly string[]): { lines: () => T[]; stderr: () => string } {
  const program = programOf("packages/cli/dist/cloudctl.js", CLI);
  const child = spawn(process.execPath, [...program, ...args, "-o", "json"], {
    env: { PATH: process.env["PATH"], CLOUDCTL_URL: url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const text = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (text.stdout += String(chunk)));
  child.stderr.on("data", (chunk: Buffer) => (text.stderr += String(chunk)));
  const lines = () =>
    text.stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as T);
  return { lines, stderr: () => text.stderr };
}

describe("cloudctl and the events of a daemon", () => {
  test(
    "waits for a status, lists what happened, and says for how long it was up",
    async () => {
      const daemon = start({ STORAGE: "memory", DEFAULT_INTERVAL: "1" });
      const url = await daemon.url();
      const run = (...args: string[]) => cloudctl(url, args);
      await run("add", "web-1", "10.0.0.1");
      await run("add", "web-2", "10.0.0.2", "--fault", "throw");

      const up = await run("wait", "0", "1");
      const down = await run("wait", "2", "--for", "status=down", "--timeout", "30s");
      const never = await run("wait", "1", "2", "--timeout", "1s");
      const unknown = await run("wait", "99");
      const events = await eventually(
        async () => JSON.parse((await run("events", "-o", "json")).stdout) as Event[],
        (all) => all.some(({ instanceId, type }) => instanceId === 2 && type === "status"),
      );
      const table = await run("events", "--instance", "2", "--type", "status");
      const availability = await run("availability", "2", "-o", "json");

      expect(up).toEqual({ code: 0, stdout: "all are up\n", stderr: "" });
      expect(down).toEqual({ code: 0, stdout: "it is down\n", stderr: "" });
      expect(never).toEqual({ code: 1, stdout: "", stderr: "not up after 1 s: 2 is down\n" });
      expect(unknown.code).toBe(3);
      expect(events.map(({ name, status, type }) => `${name} ${status ?? type}`).toSorted()).toEqual([
        expect.stringMatching(/ daemon_started$/),
        expect.stringMatching(/ up$/),
        "web-1 instance_added",
        "web-1 up",
        "web-2 down",
        "web-2 instance_added",
      ]);
      expect(table.stdout).toMatch(/^TIME +ID +NAME +EVENT\n\S+Z +2 +web-2 +down \(failed\)\n$/);
      expect(JSON.parse(availability.stdout) as InstanceAvailability).toMatchObject({ availability: 0, outages: 1 });
    },
    TIMEOUT_MS,
  );

  test(
    "follows them over a kill and a restart of the daemon, and misses none",
    async () => {
      await using database = await createTestDatabase();
      const env = { DATABASE_URL: database.url, HTTP_PORT: String(await freePort()) };
      const first = start(env);
      await first.ready();
      const url = await first.url();
      const { lines, stderr } = following<Event>(url, "events", "--follow");
      await first.send("POST", "/instances", { name: "before", ip: "10.0.0.1" });
      await eventually(
        async () => lines(),
        (all) => all.some(({ name, status }) => name === "before" && status === "up"),
      );

      await first.stop("SIGKILL");
      const second = start(env, first.stateDir);
      await second.ready();
      await second.send("POST", "/instances", { name: "after", ip: "10.0.0.1" });
      const seen = await eventually(
        async () => lines(),
        (all) => all.some(({ name, status }) => name === "after" && status === "up"),
      );

      expect(seen.map(({ id }) => id).toSorted((a, b) => a - b)).toEqual(seen.map((_, i) => i + 1));
      expect(seen.filter(({ type }) => type === "daemon_started")).toHaveLength(2);
      expect(stderr()).toMatch(/^(?:connection lost: .+; connecting again\n)+$/);
    },
    TIMEOUT_MS,
  );

  test(
    "watches values, one object per change",
    async () => {
      const daemon = start({ STORAGE: "memory", DEFAULT_INTERVAL: "1" });
      const url = await daemon.url();
      await daemon.send("POST", "/instances", { name: "web-1", ip: "10.0.0.1" });
      const { lines } = following<InstanceValues>(url, "watch");

      const seen = await eventually(
        async () => lines(),
        (all) => all.length >= 8,
      );

      expect(new Set(seen.map(({ instanceId }) => instanceId))).toEqual(new Set([0, 1]));
      const times = seen.filter(({ instanceId }) => instanceId === 1).map(({ timestamp }) => timestamp);
      expect(new Set(times).size).toBeGreaterThanOrEqual(3);
    },
    TIMEOUT_MS,
  );
});

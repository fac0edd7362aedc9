import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import type { Health } from "@cloud-monitor/client";
import { MAIN, TestDaemon } from "../support/daemon.ts";
import type { DaemonOptions } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { isAlive } from "../support/is-alive.ts";

const started: TestDaemon[] = [];
const detached: number[] = [];
let folder: string;

function start(options: DaemonOptions = {}): TestDaemon {
  const daemon = new TestDaemon({ ...options, env: { STORAGE: "memory", ...options.env } });
  started.push(daemon);
  return daemon;
}

function serverPid(stateDir: string): number {
  return Number.parseInt(readFileSync(join(stateDir, "postgres", "data", "postmaster.pid"), "utf8"), 10);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-lifecycle-"));
});

afterEach(async () => {
  for (const pid of detached.splice(0)) if (isAlive(pid)) process.kill(pid, "SIGKILL");
  for (const daemon of started.splice(0).toReversed()) await daemon.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("a daemon", () => {
  test.each(["SIGINT", "SIGTERM"] as const)(
    "stops on %s with code 0 and leaves its PID file and lock free",
    async (signal) => {
      const daemon = start();
      await daemon.url();

      const ended = await daemon.stop(signal);

      expect(ended).toEqual({ code: 0, signal: null });
      expect(existsSync(join(daemon.stateDir, "cloud-monitor.pid"))).toBe(false);
      expect(daemon.stdout.trimEnd().split("\n").at(-1)).toContain('"message":"stopped"');
    },
  );

  test("ignores signals that mean nothing to it, saying so once, opens no inspector, and stops on SIGQUIT", async () => {
    const daemon = start();
    await daemon.url();
    const listening = () => readFileSync(`/proc/${daemon.pid}/net/tcp`, "utf8");
    const signals = ["SIGUSR1", "SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGPROF", "SIGIO", "SIGSTKFLT", "SIGXFSZ"] as const;

    for (const signal of signals) daemon.kill(signal);
    await eventually(() => daemon.stdout.includes("was ignored"));
    const profile = await daemon.fetch("/-/profile?kind=cpu&seconds=1", { method: "POST" });
    const inspector = /^ *\d+: \S+:240D /m.test(listening());
    const ended = await daemon.stop("SIGQUIT");

    expect(profile.status).toBe(200);
    expect(inspector).toBe(false);
    expect(daemon.stderr).not.toContain("Debugger");
    expect(daemon.stdout.match(/was ignored/g)).toHaveLength(1);
    expect(ended).toEqual({ code: 0, signal: null });
  });

  test("writes every log line as one JSON object, with numbers of three decimals at most", async () => {
    const daemon = start();
    const { uptime } = await daemon.json<Health>("/health");
    await daemon.stop();

    const records = daemon.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);

    for (const record of records) {
      expect(record).toMatchObject({
        service: "cloud-monitor",
        level: expect.any(String),
        component: expect.any(String),
      });
      expect(new Date(record["timestamp"] as string).toISOString()).toBe(record["timestamp"]);
    }
    const numbers = records.flatMap((record) => Object.values(record)).filter((value) => typeof value === "number");
    for (const number of [uptime, ...numbers]) expect(String(number)).toMatch(/^-?\d+(?:\.\d{1,3})?$/);
  });

  test("locks its state folder against a second daemon, which exits with code 1 and names it", async () => {
    const holder = start();
    await holder.url();

    const second = start({ stateDir: holder.stateDir });

    expect((await second.ended).code).toBe(1);
    expect(second.stderr).toContain(`process id ${holder.pid}`);
    expect(second.stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  test("runs a private PostgreSQL, which the next daemon adopts after a kill, and Ctrl-C stops", async () => {
    const first = start({ env: { STORAGE: "postgres" } });
    await first.ready();
    const pid = serverPid(first.stateDir);
    await first.stop("SIGKILL");
    const survived = isAlive(pid);

    const second = start({ stateDir: first.stateDir, env: { STORAGE: "postgres" } });
    await second.ready();
    const health = await second.json<Health>("/health");
    const adopted = serverPid(first.stateDir);
    await second.stop("SIGINT");

    expect(survived).toBe(true);
    expect(adopted).toBe(pid);
    expect(health.storage).toMatchObject({ kind: "postgres", available: true });
    await eventually(() => !isAlive(pid));
  });

  test("reloads on SIGHUP, and keeps the old configuration if the new one is invalid", async () => {
    const file = join(folder, "monitor.yaml");
    writeFileSync(file, "instances:\n  defaultInterval: 7\n");
    const reloading = start({ args: ["--config", file] });
    await reloading.send("POST", "/instances", { name: "a", ip: "10.0.0.1" });

    writeFileSync(file, "instances:\n  defaultInterval: 9\n");
    reloading.kill("SIGHUP");
    await eventually(
      () => reloading.metric("cloud_monitor_config_reloads_total", 'result="success"'),
      (n) => n === 1,
    );
    const after = await reloading.send("POST", "/instances", { name: "b", ip: "10.0.0.1" });
    writeFileSync(file, "instances:\n  defaultIntervall: 3\n");
    const refused = await reloading.send("POST", "/-/reload");
    const still = await reloading.send("POST", "/instances", { name: "c", ip: "10.0.0.1" });

    expect(await reloading.json("/instances/1")).toMatchObject({ interval: 7 });
    expect(await after.json()).toMatchObject({ interval: 9 });
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      code: "RELOAD_INVALID",
      errors: [{ detail: expect.stringContaining('did you mean "instances.defaultInterval"') }],
    });
    expect(await still.json()).toMatchObject({ interval: 9 });
  });

  test("runs in the background with --daemon; SIGHUP reopens its log after a rotation, and keeps the old one if that fails", async () => {
    const launcher = start({ args: ["--daemon"] });
    const ended = await launcher.ended;
    const log = join(launcher.stateDir, "cloud-monitor.log");
    const pid = Number(readFileSync(join(launcher.stateDir, "cloud-monitor.pid"), "utf8"));
    detached.push(pid);
    const openFiles = () => [1, 2].map((descriptor) => readlinkSync(`/proc/${pid}/fd/${descriptor}`));

    renameSync(log, `${log}.1`);
    process.kill(pid, "SIGHUP");
    await eventually(() => existsSync(log) && readFileSync(log, "utf8").includes("configuration reloaded"));
    const afterRotation = openFiles();
    renameSync(log, `${log}.2`);
    mkdirSync(log);
    process.kill(pid, "SIGHUP");
    await eventually(() => readFileSync(`${log}.2`, "utf8").includes("could not be reopened"));
    process.kill(pid, "SIGTERM");
    await eventually(() => !isAlive(pid));

    expect(ended.code).toBe(0);
    expect(launcher.stdout).toContain(`process id ${pid}`);
    expect(afterRotation).toEqual([log, log]);
    expect(readFileSync(`${log}.1`, "utf8")).toContain('"message":"ready"');
    expect(readFileSync(`${log}.1`, "utf8")).not.toContain("configuration reloaded");
    expect(readFileSync(`${log}.2`, "utf8")).toContain('"message":"stopped"');
  });

  const withNamespaces = process.getuid?.() === 0 ? test : test.skip;
  withNamespaces(
    "as process 1 asks for an init, and ends with its exit code (needs root, for the namespace)",
    async () => {
      const port = createServer().listen(0, "127.0.0.1");
      await once(port, "listening");
      const { port: taken } = port.address() as AddressInfo;

      const [file, ...args] = [
        "unshare",
        "--pid",
        "--fork",
        "--mount-proc",
        process.execPath,
        "--conditions=source",
        MAIN,
      ];
      const child = spawn(file, args, {
        env: { PATH: process.env["PATH"], STATE_DIR: join(folder, "var"), STORAGE: "postgres", HTTP_PORT: `${taken}` },
        stdio: ["ignore", "pipe", "inherit"],
      });
      const [output, [code]] = await Promise.all([text(child.stdout), once(child, "exit")]);
      port.close();

      expect(output).toContain("docker run --init");
      expect(code).toBe(1);
    },
  );
});

import { existsSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test } from "@jest/globals";
import { eventually } from "../support/eventually.ts";
import { isAlive } from "../support/is-alive.ts";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";
import { changedLines } from "./configuration-diff.ts";
import type { ChangedLine } from "./configuration-diff.ts";
import { DemoRun } from "./demo-run.ts";
import type { Message, Started } from "./demo-run.ts";

const WAIT = new URL("../../scripts/demo/wait.mjs", import.meta.url).href;
const SHIPPED = fileURLToPath(new URL("../../prometheus", import.meta.url));
/** A run takes 45 s on an idle machine with two cores; the script itself waits 45 s for each message. */
const TIMEOUT_MS = 400_000;

const withStack = needs("prometheus", "prometheus-alertmanager", "setpriv");
const runs: DemoRun[] = [];

afterEach(async () => {
  for (const run of runs.splice(0)) await run.dispose();
});

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): DemoRun {
  const run = new DemoRun(args, env);
  runs.push(run);
  return run;
}

withStack(
  "a death and a zone outage reach people by e-mail and webhook, once each, and so does their end",
  async () => {
    const run = start(["--zone-outage"]);
    const started = await run.started();
    const changes = changedLines(SHIPPED, `${started.folder}/configuration`);
    const end = await run.ended;

    expect({ end, stderr: run.stderr }).toMatchObject({ end: { code: 0 } });
    expect(run.stderr).not.toContain("Warning");
    const death = ["demo-fr-par-1-web-0001", "InstanceDown"];
    expectArrival(told(run, "death", "firing"), death);
    expectArrival(told(run, "healed", "resolved"), death);
    const outage = ["ZoneOutage", "pl-waw-1"];
    expectArrival(told(run, "outage", "firing"), outage);
    expectArrival(told(run, "zone-healed", "resolved"), outage);
    // Those that a scrape has already found down: on a busy machine not all of them at once.
    const mail = told(run, "outage", "firing").find((message) => message.via === "mail" && says(message, outage));
    expect(mail!.text).toMatch(/\d+ of 200 instances/);
    expect(run.inhibited).toBe(200);
    // Those of the zone that were not inhibited in time, on a busy machine, arrived as one message, too.
    const others = fleetMessages(run).filter((message) => !says(message, death) && !says(message, outage));
    expect(others.length).toBeLessThanOrEqual(4);

    expect(changes.length).toBeGreaterThan(20);
    expect(changes.filter((change) => !isAllowed(change))).toEqual([]);
    expect(leftOf(started)).toEqual([]);
  },
  TIMEOUT_MS,
);

withStack(
  "Ctrl-C and even the script's sudden death leave nothing running",
  async () => {
    const stopped = start([], { STORAGE: "memory" });
    const killed = start([], { STORAGE: "memory" });
    const [first, second] = await Promise.all([stopped.started(), killed.started()]);

    // A terminal signals the whole group, sometimes twice.
    stopped.signalGroup("SIGINT");
    stopped.signalGroup("SIGINT");
    killed.signalGroup("SIGKILL");

    expect(await stopped.ended).toEqual({ code: 130, signal: null });
    expect(leftOf(first)).toEqual([]);
    await eventually(
      () => leftOf({ ...second, folder: "" }),
      (left) => left.length === 0,
    );
    rmSync(second.folder, { recursive: true, force: true });
  },
  TIMEOUT_MS,
);

test("a machine too busy to inject the faults in time gets no warning", async () => {
  const script = `import("${WAIT}").then(({ moment }) => moment(new Date(0)))`;

  const run = await runProgram(process.execPath, { args: ["-e", script], env: {} });

  expect(run).toEqual({ code: 0, stdout: "", stderr: "" });
});

test("without Alertmanager it says what to install", async () => {
  const run = start([], { PROMETHEUS_BIN: "true", ALERTMANAGER_BIN: "no-such-program" });

  expect(await run.ended).toEqual({ code: 2, signal: null });
  expect(run.stderr).toBe(
    "demo-stack: found no no-such-program in PATH; on Debian: apt-get install prometheus prometheus-alertmanager\n",
  );
});

function told(run: DemoRun, part: string, status: string): readonly Message[] {
  return fleetMessages(run).filter((message) => message.part === part && message.status === status);
}

/** By mail and webhook; alerts of the test machine itself, which may be busy, are not the fleet's. */
function fleetMessages({ messages }: DemoRun): readonly Message[] {
  return messages.filter(({ via, title }) => /^(mail|webhook)$/.test(via) && /Instance|Zone|Fleet/.test(title));
}

/** One mail and one webhook that contain all `words`. */
function expectArrival(messages: readonly Message[], words: readonly string[]): void {
  const arrived = messages.filter((message) => says(message, words));

  expect(arrived.map(({ via, title }) => `${via} ${title}`).toSorted()).toEqual([
    expect.stringMatching(/^mail /),
    expect.stringMatching(/^webhook /),
  ]);
}

function says({ title, text, alerts }: Message, words: readonly string[]): boolean {
  const said = `${title}\n${text}\n${JSON.stringify(alerts)}`;
  return words.every((word) => said.includes(word));
}

/** Equal except for a duration, an address or the path of a secret. */
function isAllowed({ shipped, own }: ChangedLine): boolean {
  if (shipped === null) return own.startsWith("pagerduty_url: http://127.0.0.1:");
  return withoutValues(own) === withoutValues(shipped);
}

function withoutValues(line: string): string {
  return line
    .replaceAll(/127\.0\.0\.1:\d+/g, "address")
    .replace(/^(- \w+_file): .*/, "$1: secret")
    .replace(/^(for|keep_firing_for|group_wait|scrape_timeout|\w*interval): \w+$/, "$1: duration");
}

/** Names of the programs that still run, and the folder if it still exists. */
function leftOf({ pids, folder }: Started): readonly string[] {
  const alive = Object.entries(pids).filter(([, pid]) => isAlive(pid));
  return [...alive.map(([name]) => name), ...(existsSync(folder) ? [folder] : [])];
}

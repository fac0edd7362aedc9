import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";

const SCRIPT = fileURLToPath(new URL("../../scripts/compare-node-exporter.mjs", import.meta.url));
/** On a busy machine a collector may not respond in time for a scrape or two: a difference is what every round finds. */
const ROUNDS = "--rounds=15";
const COLLECTORS = ["processes", "interrupts", "tcpstat"].map((name) => `--collector.${name}`);

const exporterTest = needs("prometheus-node-exporter");
let daemon: TestDaemon;
let exporter: ChildProcess;
let theirs: string;
let ours: string;

describe("beside node_exporter", () => {
  beforeAll(async () => {
    const port = await freePort();
    theirs = `http://127.0.0.1:${port}/metrics`;
    exporter = spawn("prometheus-node-exporter", [`--web.listen-address=127.0.0.1:${port}`, ...COLLECTORS], {
      stdio: "ignore",
    });
    daemon = new TestDaemon({
      env: { STORAGE: "memory", METRICS_CACHE_TTL: "0s" },
      args: [...COLLECTORS, "--web.listen-address=127.0.0.1:0", "--web.telemetry-path=/scrape"],
    });
    await daemon.ready();
    const [, address] = await eventually(
      async () => /"listening for scrapes".*"address":"([^"]+)"/.exec(daemon.stdout) ?? [],
      ([, found]) => found !== undefined,
    );
    ours = `http://${address!}/scrape`;
    await eventually(
      async () =>
        fetch(theirs).then(
          ({ ok }) => ok,
          () => false,
        ),
      (isUp) => isUp,
    );
  });

  afterAll(async () => {
    await daemon?.dispose();
    if (exporter?.kill()) await once(exporter, "exit");
  });

  exporterTest("every family, type and series that it serves is served here, with its value", async () => {
    const { stdout, code } = await runProgram(process.execPath, { args: [SCRIPT, ROUNDS, ours, theirs] });

    expect(stdout).toBe("no difference\n");
    expect(code).toBe(0);
  });

  exporterTest("the script says what differs", async () => {
    const { stdout, code } = await runProgram(process.execPath, {
      args: [SCRIPT, ROUNDS, `${ours}?exclude[]=loadavg`, theirs],
    });

    expect(stdout).toBe("node_load1: not served\nnode_load15: not served\nnode_load5: not served\n3 differences\n");
    expect(code).toBe(1);
  });
});

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { median } from "./support/median.ts";
import { residentMiB } from "./support/process-usage.ts";
import { report, skip } from "./support/report.ts";

/**
 * Resident memory when idle: the daemon in the host role (memory storage, one thread) against a bare Node that listens,
 * and what each library adds to a bare Node when it is imported alone. Shares overlap: libraries have parts in common.
 */
const RUNS = 5;
const SETTLE_MS = 500;
/** The daemon has then made some samples and its caches. */
const DAEMON_SETTLE_MS = 12_000;
const LIBRARIES = ["fastify", "winston", "piscina", "prom-client", "typebox", "yaml", "pg", "kysely", "koffi"];
const CORE = fileURLToPath(new URL("../../core", import.meta.url));

const LISTEN = `import { createServer } from "node:http"; createServer(() => {}).listen(0, "127.0.0.1");`;
const bare = residentOf("");
const listening = residentOf(LISTEN);
const daemon = await daemonResident();

report(
  `Resident memory when idle, median of ${RUNS} fresh processes`,
  ["process", "MiB", "against bare Node listening"],
  [
    ["bare Node", bare, times(bare)],
    ["bare Node, listening", listening, times(listening)],
    ...(daemon === null ? [] : [["cloud-monitor, host role, one thread", daemon, times(daemon)]]),
  ],
);
report(
  "What one library adds to a bare Node",
  ["library", "MiB"],
  LIBRARIES.map((name) => [name, residentOf(`await import("${name}");`) - bare] as const).toSorted(
    (a, b) => b[1] - a[1],
  ),
);

/** Resident MiB of a fresh Node after it ran `code` in the daemon's package and rested. */
function residentOf(code: string): number {
  const measured = `${code} setTimeout(() => { console.log(process.memoryUsage.rss() / 2 ** 20); process.exit(); }, ${SETTLE_MS});`;
  const args = ["--input-type=module", "--eval", measured];
  const env = { ...process.env, NODE_OPTIONS: "" };
  const runs = Array.from({ length: RUNS }, () => execFileSync(process.execPath, args, { cwd: CORE, env }));
  return median(runs.map((output) => Number(output.toString())));
}

async function daemonResident(): Promise<number | null> {
  if (!daemonBuilt()) {
    skip("cloud-monitor", DAEMON_NEEDS);
    return null;
  }
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const service = await startDaemon();
    await sleep(DAEMON_SETTLE_MS);
    runs.push(residentMiB(service.pid));
    await service.stop();
  }
  return median(runs);
}

function times(mebibytes: number): string {
  return `${(mebibytes / listening).toFixed(2)}x`;
}

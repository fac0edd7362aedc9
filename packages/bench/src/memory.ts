import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { setTimeout as sleep } from "node:timers/promises";
import { DAEMON_NEEDS, daemonBuilt, startDaemon } from "./support/daemon.ts";
import { SCRAPE_HEADERS } from "./support/http-load.ts";
import { median } from "./support/median.ts";
import { residentMiB } from "./support/process-usage.ts";
import { report, skip } from "./support/report.ts";

/**
 * Resident memory: the daemon in the host role (memory storage, one thread) compared with a bare Node server, after a minute
 * with a scrape every 15 s and after a thousand fresh scrapes, and what each library, imported alone, adds to a bare Node. Shares overlap, because
 * libraries have dependencies in common.
 */
const RUNS = 5;
const SETTLE_MS = 500;
const IDLE = { scrapes: 4, everyMs: 15_000 };
const BUSY = { scrapes: 1_000, everyMs: 0 };
/** By then the daemon has collected twice. */
const BUSY_SETTLE_MS = 5_000;
const LIBRARIES = ["fastify", "winston", "piscina", "prom-client", "typebox", "yaml", "pg", "kysely", "koffi"];
const CORE = fileURLToPath(new URL("../../core", import.meta.url));

// With `require` as in libraries; `import` evaluates all exports of the module, and some load Node's own undici.
const LISTEN = `process.getBuiltinModule("node:http").createServer(() => {}).listen(0, "127.0.0.1");`;
const LISTEN_IMPORTED = `import { createServer } from "node:http"; createServer(() => {}).listen(0, "127.0.0.1");`;
const THREAD = `new (process.getBuiltinModule("node:worker_threads").Worker)("setInterval(() => {}, 1e6)", { eval: true });`;
const bare = residentOf("");
const listening = residentOf(LISTEN);
const idle = await daemonResident(IDLE);
const busy = await daemonResident({ ...BUSY, settleMs: BUSY_SETTLE_MS });

report(
  `Resident memory, median of ${RUNS} fresh processes`,
  ["process", "MiB", "against bare Node listening"],
  [
    ["bare Node", bare, times(bare)],
    ["bare Node, listening", listening, times(listening)],
    ["the same by import instead of require", ...withTimes(residentOf(LISTEN_IMPORTED))],
    ["bare Node, listening, with an empty thread", ...withTimes(residentOf(`${LISTEN} ${THREAD}`))],
    ...(idle === null ? [] : [["cloud-monitor, host role, one thread, a minute after its start", ...withTimes(idle)]]),
    ...(busy === null ? [] : [[`the same after ${BUSY.scrapes} fresh scrapes`, ...withTimes(busy)]]),
  ],
);
report(
  "What one library adds to a bare Node",
  ["library", "MiB"],
  LIBRARIES.map((name) => [name, residentOf(`await import("${name}");`) - bare] as const).toSorted(
    (a, b) => b[1] - a[1],
  ),
);

/** Resident MiB of a fresh Node some time after it ran `code` in the daemon's package. */
function residentOf(code: string): number {
  const measured = `${code} setTimeout(() => { console.log(process.memoryUsage.rss() / 2 ** 20); process.exit(); }, ${SETTLE_MS});`;
  const args = ["--input-type=module", "--eval", measured];
  const env = { ...process.env, NODE_OPTIONS: "" };
  const runs = Array.from({ length: RUNS }, () => execFileSync(process.execPath, args, { cwd: CORE, env }));
  return median(runs.map((output) => Number(output.toString())));
}

interface Scraping {
  readonly scrapes: number;
  /** Time before each scrape, milliseconds. */
  readonly everyMs: number;
  /** Time before the first one, milliseconds. */
  readonly settleMs?: number;
}

async function daemonResident({ scrapes, everyMs, settleMs = 0 }: Scraping): Promise<number | null> {
  if (!daemonBuilt()) {
    skip("cloud-monitor", DAEMON_NEEDS);
    return null;
  }
  const runs: number[] = [];
  for (let run = 0; run < RUNS; run++) {
    const service = await startDaemon({ METRICS_CACHE_TTL: "0ms" });
    await sleep(settleMs);
    for (let done = 0; done < scrapes; done++) {
      if (everyMs > 0) await sleep(everyMs);
      const answer = await fetch(`${service.url}/metrics`, { headers: SCRAPE_HEADERS });
      await answer.arrayBuffer();
    }
    await sleep(SETTLE_MS);
    runs.push(residentMiB(service.pid));
    await service.stop();
  }
  return median(runs);
}

function withTimes(mebibytes: number): [number, string] {
  return [mebibytes, times(mebibytes)];
}

function times(mebibytes: number): string {
  return `${(mebibytes / listening).toFixed(2)}x`;
}

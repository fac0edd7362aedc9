import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { LoadedConfig } from "../config/loaded-config.ts";
import { messageOf } from "../model/errors.ts";
import { shrinkHeap } from "../platform/shrink-heap.ts";
import { systemClock as clock } from "../platform/system-clock.ts";
import { VERSION } from "../version.ts";
import { banner } from "./banner.ts";
import { compose } from "./compose.ts";
import type { Composition } from "./compose.ts";
import { exitCodeOf } from "./process/exit-code.ts";
import type { ExitCode } from "./process/exit-code.ts";
import { isJournalStream } from "./logging/journal-stream.ts";
import { lineOutputOf } from "./logging/line-output.ts";
import { createLogger } from "./logging/logger.ts";
import type { RootLogger } from "./logging/logger.ts";
import { PARENT_FD_VARIABLE, watchParent } from "./process/parent-watch.ts";
import { removePidFile, writePidFile } from "./process/pid-file.ts";
import type { ProcessContext } from "./process/process-context.ts";
import { rateLimited } from "./logging/rate-limited-logger.ts";
import { READY_FD_VARIABLE, reportReady } from "./process/ready-pipe.ts";
import { reopenLog } from "./logging/reopen-log.ts";
import { createServiceManager } from "./systemd/service-manager.ts";
import type { ServiceManager } from "./systemd/service-manager.ts";
import { handleSignals } from "./process/signals.ts";
import { openStateDir } from "./process/state-dir.ts";
import { stopInOrder } from "./stop-in-order.ts";

/** Maximum time from the first signal to the exit, whatever hangs. */
const STOP_MS = 10_000;
/** Of that, for the daemon's components, and for the rest of the process; the remainder is for the last log lines. */
const STOP_PARTS_MS = 8_800;
const STOP_OUTSIDE_MS = 400;
const FLUSH_MAX_MS = 2_000;
const IGNORED_SIGNALS_LOGGED = { everyMs: 60_000 };

/** Runs the daemon until it is stopped. Resolves to the exit code; throws when it cannot start. */
export async function serve(
  context: ProcessContext,
  loaded: LoadedConfig,
  load: () => Promise<LoadedConfig>,
): Promise<ExitCode> {
  const { config } = loaded;
  const { env } = context;
  const logger = createLogger({
    ...config.log,
    serviceName: "cloud-monitor",
    clock,
    output: lineOutputOf(context.stdout),
    isTerminal: context.stdout.isTTY,
    isColoured: context.stdout.hasColors?.() ?? false,
    isJournal: isJournalStream(env["JOURNAL_STREAM"]),
  });
  const stateDir = openStateDir(config.stateDir);
  if (stateDir.warning !== null) logger.warn(stateDir.warning);
  if (process.pid === 1 && config.storage.kind === "postgres" && config.storage.databaseUrl === null) {
    logger.warn("running as process 1: orphaned processes are not reaped; add an init, such as docker run --init");
  }
  const serviceManager = createServiceManager({
    notifySocket: env["NOTIFY_SOCKET"],
    watchdogUsec: env["WATCHDOG_USEC"],
    clock,
    logger: logger.child("systemd"),
  });
  const end = Promise.withResolvers<ExitCode>();
  const fail = (error: unknown) => {
    logger.error("fatal error, shutting down", { error });
    end.resolve(exitCodeOf(error));
  };
  const { startedAtMs } = context;
  const composition = compose({ loaded, startedAtMs, logger, serviceManager, reload: load, onFatal: fail });
  // Only `--daemon` writes its log file itself.
  const logFile = config.process.daemonize ? config.process.logFile : null;
  listen(context, { composition, end: end.resolve, fail, logger, serviceManager, logFile });
  let isOrderly = false;
  try {
    mkdirSync(dirname(config.process.pidFile), { recursive: true });
    const pidFileError = writePidFile(config.process.pidFile);
    if (pidFileError !== null) logger.warn("PID file could not be written", { error: pidFileError });
    await Promise.race([announceWhenReady(context, composition, { logger, stateDir: stateDir.path }), end.promise]);
    const code = await end.promise;
    isOrderly = true;
    return code;
  } finally {
    await stop(composition, { isOrderly, logger, serviceManager, pidFile: config.process.pidFile });
  }
}

interface Listening {
  readonly composition: Composition;
  readonly end: (code: ExitCode) => void;
  readonly fail: (error: unknown) => void;
  readonly logger: RootLogger;
  readonly serviceManager: ServiceManager;
  /** Null when the output is not a log file of ours. */
  readonly logFile: string | null;
}

/** Connects everything that may stop or change a running daemon from outside. */
function listen(context: ProcessContext, listening: Listening): void {
  const { env, events } = context;
  const { end, fail, logger } = listening;
  const signalLogger = rateLimited(logger, clock, IGNORED_SIGNALS_LOGGED);
  handleSignals(events, {
    clock,
    isTerminal: context.stdout.isTTY,
    stop: (signal) => {
      logger.info("stopping", { signal });
      end(0);
    },
    stopNow: () => context.exitNow(1),
    ignored: (signal) => signalLogger.warn("a signal that means nothing to a daemon was ignored", { signal }),
    reload: () => void reload(listening),
  });
  events.on("uncaughtException", fail);
  events.on("unhandledRejection", fail);
  const parentFd = env[PARENT_FD_VARIABLE];
  if (parentFd !== undefined) {
    watchParent(Number(parentFd), () => {
      logger.warn("parent process exited, shutting down");
      end(0);
    });
  }
}

/** Never rejects: an invalid configuration is logged and counted by the reloader, and a signal has no reply. */
async function reload({ composition, logger, logFile, serviceManager }: Listening): Promise<void> {
  serviceManager.reloading();
  try {
    if (logFile !== null && (await reopenLog(logFile))) logger.info("log file reopened", { logFile });
  } catch (error) {
    logger.error("log file could not be reopened, keeping the old one", { logFile, error: messageOf(error) });
  }
  await composition.reloader.reload().catch(() => {});
  serviceManager.ready();
}

async function announceWhenReady(
  context: ProcessContext,
  { daemon, inventory, storage }: Composition,
  { logger, stateDir }: { logger: RootLogger; stateDir: string },
): Promise<void> {
  const { host, port } = await daemon.start();
  shrinkHeap();
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
  // The monotonic clock counts from the start of the process.
  const startupSeconds = Math.round(clock.monotonicMs()) / 1000;
  const facts = {
    version: VERSION,
    url,
    storage: storage.location,
    stateDir,
    instances: inventory.size,
    startupSeconds,
  };
  const { unavailableReason } = storage.stats;
  if (context.stdout.isTTY) {
    await logger.flush();
    context.stdout.write(banner({ ...facts, unavailableReason }, context.stdout));
  } else {
    logger.info("ready", unavailableReason === null ? facts : { ...facts, storageUnavailable: unavailableReason });
  }
  const readyFd = context.env[READY_FD_VARIABLE];
  if (readyFd !== undefined) reportReady(Number(readyFd));
}

interface Stopping {
  /** False when the start failed: then only the error is reported. */
  readonly isOrderly: boolean;
  readonly logger: RootLogger;
  readonly serviceManager: ServiceManager;
  readonly pidFile: string;
}

/** Takes at most 10 s. The lock on the state folder is released with the process. */
async function stop({ daemon }: Composition, { isOrderly, logger, serviceManager, pidFile }: Stopping): Promise<void> {
  const untilMs = clock.monotonicMs() + STOP_MS;
  await daemon.stop(STOP_PARTS_MS);
  const steps = [
    { part: "PID file", stop: () => removePidFile(pidFile), maxMs: STOP_OUTSIDE_MS / 2, reservedMs: 0 },
    {
      part: "service manager",
      stop: () => serviceManager.stop(),
      maxMs: STOP_OUTSIDE_MS,
      reservedMs: STOP_OUTSIDE_MS / 2,
    },
  ];
  await stopInOrder(steps, { totalMs: STOP_OUTSIDE_MS, clock, logger });
  if (isOrderly) logger.info("stopped");
  await logger.flush(Math.min(FLUSH_MAX_MS, untilMs - clock.monotonicMs()));
}

import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import type { LoadedConfig } from "../config/loaded-config.ts";
import { sleep } from "../model/clock.ts";
import { shrinkHeap } from "../pipeline/shrink-heap.ts";
import { systemClock as clock } from "../pipeline/system-clock.ts";
import { VERSION } from "../version.ts";
import { banner } from "./banner.ts";
import { compose } from "./compose.ts";
import type { Composition } from "./compose.ts";
import { exitCodeOf } from "./exit-code.ts";
import type { ExitCode } from "./exit-code.ts";
import { isJournalStream } from "./journal-stream.ts";
import { createLogger } from "./logger.ts";
import type { RootLogger } from "./logger.ts";
import { PARENT_FD_VARIABLE, watchParent } from "./parent-watch.ts";
import { removePidFile, writePidFile } from "./pid-file.ts";
import type { ProcessContext } from "./process-context.ts";
import { READY_FD_VARIABLE, reportReady } from "./ready-pipe.ts";
import { createServiceManager } from "./service-manager.ts";
import type { ServiceManager } from "./service-manager.ts";
import { handleSignals } from "./signals.ts";
import { openStateDir } from "./state-dir.ts";

const STOP_DEADLINE_MS = 10_000;

/** Runs the daemon until it is told to stop. Resolves to the exit code; throws when it cannot start. */
export async function serve(
  context: ProcessContext,
  loaded: LoadedConfig,
  reload: () => Promise<LoadedConfig>,
): Promise<ExitCode> {
  const { config } = loaded;
  const { env } = context;
  const logger = createLogger({
    ...config.log,
    serviceName: "cloud-monitor",
    clock,
    stream: context.stdout,
    isTerminal: context.stdout.isTTY,
    isColoured: context.stdout.hasColors?.() ?? false,
    isJournal: isJournalStream(env["JOURNAL_STREAM"]),
  });
  const stateDir = openStateDir(config.stateDir);
  const serviceManager = createServiceManager({
    notifySocket: env["NOTIFY_SOCKET"],
    watchdogUsec: env["WATCHDOG_USEC"],
    logger: logger.child("systemd"),
  });
  const end = Promise.withResolvers<ExitCode>();
  const fail = (error: unknown) => {
    logger.error("the daemon stops: something failed that no retry can heal", { error });
    end.resolve(exitCodeOf(error));
  };
  const { startedAtMs } = context;
  const composition = compose({ loaded, startedAtMs, logger, serviceManager, reload, onFatal: fail });
  listen(context, { composition, end: end.resolve, fail, logger, serviceManager });
  try {
    mkdirSync(dirname(config.process.pidFile), { recursive: true });
    writePidFile(config.process.pidFile);
    await Promise.race([announceWhenReady(context, composition, { logger, stateDir: stateDir.path }), end.promise]);
    return await end.promise;
  } finally {
    await stopInTime(composition, logger);
    removePidFile(config.process.pidFile);
    stateDir.close();
    await serviceManager.stop();
    logger.info("stopped");
    await logger.flush();
  }
}

interface Listening {
  readonly composition: Composition;
  readonly end: (code: ExitCode) => void;
  readonly fail: (error: unknown) => void;
  readonly logger: RootLogger;
  readonly serviceManager: ServiceManager;
}

/** Wires everything that may end or change a running daemon from outside. */
function listen(context: ProcessContext, { composition, end, fail, logger, serviceManager }: Listening): void {
  const { env, events } = context;
  handleSignals(events, {
    clock,
    isTerminal: context.stdout.isTTY,
    stop: (signal) => {
      logger.info("stopping", { signal });
      end(0);
    },
    stopNow: () => context.exitNow(1),
    reload: () => {
      serviceManager.reloading();
      // An invalid configuration is logged and counted by the reloader; a signal has nobody to answer to.
      void composition.reloader
        .reload()
        .catch(() => {})
        .finally(() => serviceManager.ready());
    },
  });
  events.on("uncaughtException", fail);
  events.on("unhandledRejection", fail);
  const parentFd = env[PARENT_FD_VARIABLE];
  if (parentFd !== undefined) {
    watchParent(Number(parentFd), () => {
      logger.warn("the process that started this daemon is gone; stopping");
      end(0);
    });
  }
}

async function announceWhenReady(
  context: ProcessContext,
  { daemon, inventory, location }: Composition,
  { logger, stateDir }: { logger: RootLogger; stateDir: string },
): Promise<void> {
  const { host, port } = await daemon.start();
  shrinkHeap();
  const url = `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
  const secondsToStart = (clock.wallMs() - context.startedAtMs) / 1000;
  const facts = { version: VERSION, url, storage: location, stateDir, instances: inventory.size, secondsToStart };
  if (context.stdout.isTTY) {
    await logger.flush();
    context.stdout.write(banner(facts, context.stdout));
  } else {
    logger.info("ready", facts);
  }
  const readyFd = context.env[READY_FD_VARIABLE];
  if (readyFd !== undefined) reportReady(Number(readyFd));
}

async function stopInTime({ daemon }: Composition, logger: RootLogger): Promise<void> {
  const late = new AbortController();
  const deadline = sleep(clock, STOP_DEADLINE_MS, late.signal).then(() => {
    if (!late.signal.aborted)
      logger.error("the stop took longer than it may; ending", { deadlineMs: STOP_DEADLINE_MS });
  });
  await Promise.race([daemon.stop(), deadline]);
  late.abort();
}

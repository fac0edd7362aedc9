import type { InstanceStatus, InstanceValues } from "@cloud-monitor/client";
import { EXIT } from "../exit-codes.ts";
import type { ExitCode } from "../exit-codes.ts";
import { followStream } from "../follow-stream.ts";
import type { Session } from "../session.ts";
import type { Command, Runner } from "./command.ts";
import { parseSeconds } from "../options/duration.ts";
import { STATUSES } from "../options/choices.ts";
import { parseId } from "../options/numbers.ts";
import { each, once } from "../options/once.ts";

interface WaitOptions {
  ids: number[];
  for: InstanceStatus | undefined;
  timeout: number | undefined;
}

const IDS_MAX = 200;
const TIMEOUT_SECONDS = 60;

export function waitCommand(run: Runner): Command<WaitOptions> {
  return {
    command: "wait <ids..>",
    describe: "Wait until instances have a status",
    builder: (yargs) =>
      yargs
        .positional("ids", {
          type: "string",
          array: true,
          demandOption: true,
          coerce: each("ids", parseIds),
          describe: `Ids, at most ${IDS_MAX}; 0 is the daemon's own host`,
        })
        .option("for", {
          type: "string",
          coerce: once("--for", parseCondition),
          describe: "The condition: status=up (default), status=down, status=stale",
        })
        .option("timeout", {
          type: "string",
          coerce: once("--timeout", parseSeconds),
          describe: "How long to wait, such as 5m, default 1m; then the exit code is 1",
        })
        .example("$0 wait 3 4 --for status=up --timeout 5m", "until both are up"),
    handler: (options) => run(options, (session) => wait(session, options)),
  };
}

async function wait(
  session: Session,
  { for: wanted = "up", ids, timeout = TIMEOUT_SECONDS }: WaitOptions,
): Promise<ExitCode> {
  const { client, clock, printer } = session;
  // An unknown id would be waited for in vain.
  for (const id of ids) await client.getInstance(id);
  const current = new Map<number, InstanceValues>();
  const timeUp = new AbortController();
  const cancel = clock.after(timeout * 1000, () => timeUp.abort());
  const signal = AbortSignal.any([session.signal, timeUp.signal]);
  const messages = followStream({ ...session, signal }, { events: false, values: ids });
  try {
    for (;;) {
      const message = await orAborted(messages.next(), timeUp.signal);
      if (message === null) break;
      if (message.value.type !== "values") continue;
      for (const values of message.value.values) current.set(values.instanceId, values);
      if (ids.every((id) => current.get(id)?.status === wanted)) {
        printer.data([...current.values()], () => `${ids.length === 1 ? "it is" : "all are"} ${wanted}\n`);
        return EXIT.ok;
      }
    }
  } finally {
    cancel();
  }
  const others = ids.filter((id) => current.get(id)?.status !== wanted);
  const states = others.map((id) => `${id} is ${current.get(id)?.status ?? "unknown"}`);
  printer.remark(`not ${wanted} after ${timeout} s: ${states.join(", ")}`);
  return EXIT.failure;
}

/** Null when the signal is aborted first. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  signal.addEventListener("abort", () => resolve(null), { once: true });
  // What fails later is not wanted any more.
  work.catch(() => {});
  return Promise.race([work, promise]);
}

function parseIds(texts: readonly string[]): number[] {
  const ids = [...new Set(texts.map(parseId))];
  if (ids.length > IDS_MAX) throw new Error(`at most ${IDS_MAX} ids at once, not ${ids.length}`);
  return ids;
}

function parseCondition(text: string): InstanceStatus {
  const status = STATUSES.find((known) => text === `status=${known}`);
  if (status === undefined)
    throw new Error(`"${text}" is not a condition; write status=up, status=down or status=stale`);
  return status;
}

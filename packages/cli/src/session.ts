import { type Client, createClient } from "@cloud-monitor/client";
import type { ExitCode } from "./exit-codes.ts";
import type { GlobalOptions } from "./global-options.ts";
import type { ProcessContext } from "./process-context.ts";
import { connectionOf } from "./connection.ts";
import { Printer } from "./printer.ts";
import { UsageError } from "./usage-error.ts";

/** The context of a command. */
export interface Session extends ProcessContext {
  readonly client: Client;
  readonly printer: Printer;
}

/** Resolves to the exit code, undefined meaning 0. */
export type Task = (session: Session) => Promise<ExitCode | void>;

/** Opens the connection for one task and closes it, whatever happens. */
export async function withSession(context: ProcessContext, options: GlobalOptions, task: Task) {
  const client = connect(context, options);
  try {
    return await task({ ...context, client, printer: new Printer(context, options.output) });
  } finally {
    await client.close();
  }
}

/** A bulk request of 1,000 instances waits for the database: hence more time than the client's default. */
const REQUEST_TIMEOUT_MS = 30_000;

function connect({ env, signal }: ProcessContext, options: GlobalOptions): Client {
  const connection = connectionOf(options, env);
  try {
    return createClient({ ...connection, signal, timeoutMs: REQUEST_TIMEOUT_MS });
  } catch (error) {
    throw new UsageError(Error.isError(error) ? error.message : String(error));
  }
}

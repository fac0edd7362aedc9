import { PrivateServer } from "../private-server.ts";
import { query, serverOptions } from "./server-options.ts";

/**
 * A daemon with nothing but its private server, for tests that kill it or run it as another user:
 * `node private-server.fixture.ts <stateDir>` prints the server's process id as a line. On SIGINT it asks the database
 * for one more answer, prints it, and stops the server.
 */
const server = new PrivateServer(serverOptions(process.argv[2]!));

process.once("SIGINT", () => void respondAndStop());
const address = await server.start();
process.stdout.write(`${server.stats.pid}\n`);

async function respondAndStop(): Promise<void> {
  process.stdout.write(`${String(await query(address, "select 'still here' as answer"))}\n`);
  await server.stop();
}

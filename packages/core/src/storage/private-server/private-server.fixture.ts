import pg from "pg";
import { silentLogger } from "../../model/logger.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { PrivateServer } from "./private-server.ts";

/**
 * A daemon with nothing but its private server, for tests that kill it or run it as another user:
 * `node private-server.fixture.ts <stateDir>` prints the server's process id as a line. On SIGINT it asks the database
 * for one more answer, prints it, and stops the server.
 */
const server = new PrivateServer({
  stateDir: process.argv[2]!,
  logger: silentLogger,
  clock: systemClock,
  random: () => 0.5,
});

process.once("SIGINT", () => void answerAndStop());
const address = await server.start();
process.stdout.write(`${server.stats.pid}\n`);

async function answerAndStop(): Promise<void> {
  const client = new pg.Client(address);
  await client.connect();
  const { rows } = await client.query("select 'still here' as answer");
  process.stdout.write(`${rows[0].answer}\n`);
  await client.end();
  await server.stop();
}

import { lookAtBundle } from "./bundle.ts";
import { PostgresServer } from "./postgres-server.ts";
import { SERVER_URL } from "./postgres.ts";
import { RunFolder } from "./run-folder.ts";

/**
 * One folder and one PostgreSQL for the whole run; `TEST_DATABASE_URL` selects another server instead, with the
 * privilege to create databases. jest needs default exports here.
 */
export default async function globalSetup(): Promise<void> {
  await lookAtBundle();
  globalThis.cloudMonitorTestFolder = new RunFolder();
  const given = process.env["TEST_DATABASE_URL"];
  if (given !== undefined && given !== "") {
    process.env[SERVER_URL] = given;
    return;
  }
  const server = await PostgresServer.create();
  process.env[SERVER_URL] = server.url("postgres");
  globalThis.cloudMonitorTestServer = server;
}

declare global {
  // Only `var` declares a property of globalThis.
  var cloudMonitorTestServer: PostgresServer | undefined;
  var cloudMonitorTestFolder: RunFolder | undefined;
}

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { PrivatePostgresError } from "@cloud-monitor/private-postgres";
import { silentLogger } from "../../model/logger.ts";
import { systemClock } from "../../platform/system-clock.ts";
import { createPrivateServer, privateAddress } from "./private-server.ts";

let stateDir: string;

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "private-server-of-core-"));
});

afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

test("a private server responds to the daemon's own driver", async () => {
  const server = createPrivateServer({ stateDir, clock: systemClock, random: () => 0.5, logger: silentLogger });
  try {
    expect(await privateAddress(server)).toEqual({
      host: join(stateDir, "postgres"),
      port: 5432,
      user: "cloud_monitor",
      database: "cloud_monitor",
    });
  } finally {
    await server.stop();
  }
});

test("a private server that cannot start is an outage", async () => {
  writeFileSync(join(stateDir, "postgres"), "");
  const server = createPrivateServer({ stateDir, clock: systemClock, random: () => 0.5, logger: silentLogger });

  const address = privateAddress(server);

  await expect(address).rejects.toMatchObject({
    name: "CloudMonitorError",
    code: "STORE_UNAVAILABLE",
    retryable: true,
    message: expect.stringMatching(/^the private PostgreSQL does not respond: ENOTDIR/),
  });
});

test.each([
  ["PROGRAMS_MISSING", "STORE_BINARIES_MISSING", "install it, or set DATABASE_URL, or STORAGE=memory", false],
  ["ACCOUNT_MISSING", "STORE_BINARIES_MISSING", "install it", false],
  ["DATA_INCOMPATIBLE", "STORE_DATA_FOREIGN", "install it", false],
  ["FOLDER_NOT_OWNED", "STATE_DIR_UNWRITABLE", "install it, or choose another STATE_DIR", false],
  ["UNAVAILABLE", "STORE_UNAVAILABLE", "install it", true],
] as const)(
  "%s becomes %s, with the remedies that only the daemon knows",
  async (code, ofDaemon, message, retryable) => {
    const cause = new Error("why");
    const failing = { start: () => Promise.reject(new PrivatePostgresError(code, "install it", { cause })) };

    const address = privateAddress(failing);

    await expect(address).rejects.toMatchObject({
      name: "CloudMonitorError",
      code: ofDaemon,
      message,
      retryable,
      cause,
    });
  },
);

test("any other error is passed on unchanged", async () => {
  const failing = { start: () => Promise.reject(new TypeError("a defect")) };

  await expect(privateAddress(failing)).rejects.toThrow(TypeError);
});

import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { parseDatabaseUrl } from "../../packages/core/src/config/database/database-url.ts";
import { silentLogger } from "../../packages/core/src/model/logger.ts";
import { openPool } from "../../packages/core/src/storage/postgres/pool.ts";
import { storeErrorOf } from "../../packages/core/src/storage/postgres/sqlstate.ts";
import { freePort } from "../support/free-port.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { needs } from "../support/programs.ts";
import { TestCertificates } from "../support/test-certificates.ts";

/** `sslmode` and related parameters against a real server with and without TLS, as in the table of libpq's documentation. */
const test = needs("openssl");
const RULES = `local all all trust
hostssl all only_tls 127.0.0.1/32 trust
hostnossl all only_plain 127.0.0.1/32 trust
hostssl all by_certificate 127.0.0.1/32 cert
host all anyone 127.0.0.1/32 trust
`;

let server: PostgresServer;
let port: number;
let certificates: TestCertificates;
const warnings: Error[] = [];
const onWarning = (warning: Error) => void warnings.push(warning);

beforeAll(async () => {
  process.on("warning", onWarning);
  port = await freePort();
  server = await PostgresServer.create(port);
  await administer(
    "create role anyone login; create role only_tls login; create role only_plain login; create role by_certificate login",
  );
  certificates = new TestCertificates();
  certificates.sign("server", { commonName: "db.example", extensions: "subjectAltName=DNS:db.example,DNS:localhost" });
  certificates.sign("client", { commonName: "by_certificate", password: "s3cret" });
  server.write("server.crt", certificates.read("server.crt"));
  server.write("server.key", certificates.read("server.key"));
  server.write("root.crt", certificates.read("ca.crt"));
  server.write("pg_hba.conf", RULES);
  await administer("alter system set ssl_ca_file = 'root.crt'");
});

afterAll(async () => {
  process.off("warning", onWarning);
  await server.dispose();
  certificates[Symbol.dispose]();
});

const file = (name: string) => encodeURIComponent(certificates.path(name));

describe("with a server that supports TLS", () => {
  beforeAll(() => switchTls("on"));

  test("the mode decides whether the connection is encrypted", async () => {
    expect(await encryptionOf("anyone", "")).toBe(true);
    expect(await encryptionOf("anyone", "sslmode=prefer")).toBe(true);
    expect(await encryptionOf("anyone", "sslmode=require")).toBe(true);
    expect(await encryptionOf("anyone", "ssl=true")).toBe(true);
    expect(await encryptionOf("anyone", "sslmode=no-verify")).toBe(true);
    expect(await encryptionOf("anyone", "sslmode=allow")).toBe(false);
    expect(await encryptionOf("anyone", "sslmode=disable")).toBe(false);
  });

  test("prefer and allow go the other way where the first one is not let in", async () => {
    expect(await encryptionOf("only_plain", "sslmode=prefer")).toBe(false);
    expect(await encryptionOf("only_tls", "sslmode=allow")).toBe(true);
    expect(await encryptionOf("only_plain", "sslmode=require")).toMatchObject({ code: "STORE_CREDENTIALS_REFUSED" });
    expect(await encryptionOf("only_tls", "sslmode=disable")).toMatchObject({ code: "STORE_CREDENTIALS_REFUSED" });
  });

  test("a root is what the certificate is checked by: require and verify-ca check the chain, verify-full the name too", async () => {
    for (const mode of ["require", "verify-ca"]) {
      expect(await encryptionOf("anyone", `sslmode=${mode}&sslrootcert=${file("ca.crt")}`)).toBe(true);
      expect(await encryptionOf("anyone", `sslmode=${mode}&sslrootcert=${file("stranger.crt")}`)).toMatchObject(
        UNSUITABLE,
      );
    }
    const full = `sslmode=verify-full&sslrootcert=${file("ca.crt")}`;
    expect(await encryptionOf("anyone", full)).toMatchObject(UNSUITABLE);
    expect(await encryptionOf("anyone", full, "localhost")).toBe(true);
    expect(await encryptionOf("anyone", `${full}&hostaddr=127.0.0.1`, "db.example")).toBe(true);
    expect(await encryptionOf("anyone", `${full}&hostaddr=127.0.0.1`, "other.example")).toMatchObject(UNSUITABLE);
    expect(await encryptionOf("anyone", "sslmode=verify-full", "localhost")).toMatchObject(UNSUITABLE);
  });

  test("a client certificate with an encrypted key lets its user in", async () => {
    const pair = `sslmode=require&sslcert=${file("client.crt")}&sslkey=${file("client.key")}`;

    expect(await encryptionOf("by_certificate", `${pair}&sslpassword=s3cret`)).toBe(true);
    expect(await encryptionOf("by_certificate", `${pair}&sslpassword=wrong`)).toMatchObject(UNSUITABLE);
    expect(await encryptionOf("by_certificate", "sslmode=require")).toMatchObject({
      code: "STORE_CREDENTIALS_REFUSED",
    });
  });

  test("a missing file is reported, and is not retried", async () => {
    const missing = await encryptionOf("anyone", "sslmode=verify-ca&sslrootcert=/not/there.pem");

    expect(missing).toMatchObject({ code: "STORE_URL_INVALID", retryable: false });
    expect(String(missing)).toContain("sslrootcert");
  });
});

describe("with a server without TLS", () => {
  beforeAll(() => switchTls("off"));

  test("prefer and allow do without, what demands it says what to change", async () => {
    expect(await encryptionOf("anyone", "")).toBe(false);
    expect(await encryptionOf("anyone", "sslmode=prefer")).toBe(false);
    expect(await encryptionOf("anyone", "sslmode=allow")).toBe(false);
    const refused = await encryptionOf("anyone", "sslmode=require");
    expect(refused).toMatchObject(UNSUITABLE);
    expect(String(refused)).toMatch(/does not support SSL.*sslmode/);
  });
});

describe("on a Unix socket", () => {
  test("nothing is encrypted, whatever the mode", async () => {
    const { host } = server.address("postgres");

    expect(await encryptionOf("anyone", "sslmode=require", encodeURIComponent(host))).toBe(false);
  });
});

describe("the log", () => {
  test("gets no warning of Node.js or the driver about any of it", () => {
    expect(warnings).toEqual([]);
  });
});

const UNSUITABLE = { code: "STORE_UNSUITABLE", retryable: false };

/** True or false; the classified error of a connection that fails. */
async function encryptionOf(user: string, query: string, host = "127.0.0.1"): Promise<unknown> {
  try {
    const { address } = parseDatabaseUrl(`postgresql://${user}@${host}:${port}/postgres?${query}`);
    const pool = await openPool({ address, size: 1, logger: silentLogger, purpose: "service" });
    try {
      const { rows } = await pool.query("select ssl from pg_stat_ssl where pid = pg_backend_pid()");
      return rows[0].ssl;
    } finally {
      await pool.end();
    }
  } catch (error) {
    return storeErrorOf(error);
  }
}

async function administer(sql: string): Promise<void> {
  const address = server.address("postgres");
  const pool = await openPool({ address, size: 1, logger: silentLogger, purpose: "service" });
  try {
    await pool.query(sql);
  } finally {
    await pool.end();
  }
}

/** Resolves when new connections use it: the postmaster reloads its files on a signal. */
async function switchTls(to: "on" | "off"): Promise<void> {
  await administer(`alter system set ssl = ${to}`);
  await server.stop();
  await server.start();
}

import { describe, expect, test } from "@jest/globals";
import { CloudMonitorError } from "../../model/errors.ts";
import { sessionSurvives, storeErrorOf } from "./sqlstate.ts";

const answer = (code: string, severity = "ERROR") => Object.assign(new Error("said"), { code, severity });
const socket = (code: string, syscall?: string) => Object.assign(new Error("said"), { code, syscall });

describe("what PostgreSQL says", () => {
  test.each([
    ["08006", "connection failure"],
    ["40001", "serialization failure"],
    ["40P01", "deadlock"],
    ["53100", "disk full"],
    ["53300", "too many connections"],
    ["55P03", "lock timeout"],
    ["57014", "statement timeout"],
    ["57P01", "administrator's shutdown"],
    ["57P03", "starting up"],
    ["25006", "read-only after a failover"],
    ["58030", "I/O error"],
  ])("%s (%s) passes: come again", (code) => {
    expect(storeErrorOf(answer(code))).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  });

  test.each(["28000", "28P01", "3D000"])("%s is refused credentials", (code) => {
    expect(storeErrorOf(answer(code, "FATAL"))).toMatchObject({ code: "STORE_CREDENTIALS_REFUSED", retryable: false });
  });

  test.each(["42501", "3F000", "0A000", "22P05"])("%s needs the operator, and says what to do", (code) => {
    const error = storeErrorOf(answer(code));

    expect(error).toMatchObject({ code: "STORE_UNSUITABLE", retryable: false });
    expect(error.message).toMatch(/said; \w+/);
  });

  test.each(["42601", "42P01", "22021", "23514"])("%s stays, and is named", (code) => {
    const error = storeErrorOf(answer(code));

    expect(error).toMatchObject({ code: "STORE_FAILED", retryable: false });
    expect(error.message).toContain(code);
  });
});

describe("what a pooler says under 08P01", () => {
  const pooler = (said: string) => Object.assign(new Error(said), { code: "08P01", severity: "FATAL" });

  test.each([
    "query_wait_timeout",
    "client_login_timeout",
    "no more connections allowed (max_client_conn)",
    "server login has been failing, try again later (server_login_retry)",
    "pgbouncer cannot connect to server",
    "the database system is starting up",
    "server conn crashed?",
  ])("%s passes: come again", (said) => {
    expect(storeErrorOf(pooler(said))).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  });

  test.each(["no such database: d", "no such user: u", "SASL authentication failed", "unix socket login rejected"])(
    "%s is refused credentials",
    (said) => {
      expect(storeErrorOf(pooler(said)).code).toBe("STORE_CREDENTIALS_REFUSED");
    },
  );

  test.each(["unsupported startup parameter: options", "old V2 protocol not supported", "SSL required"])(
    "%s is for a person to change",
    (said) => {
      expect(storeErrorOf(pooler(said))).toMatchObject({ code: "STORE_UNSUITABLE", retryable: false });
    },
  );
});

describe("what TLS says", () => {
  test.each([
    "SELF_SIGNED_CERT_IN_CHAIN",
    "CERT_HAS_EXPIRED",
    "ERR_TLS_CERT_ALTNAME_INVALID",
    "ERR_SSL_WRONG_VERSION_NUMBER",
  ])("%s is for a person to change", (code) => {
    expect(storeErrorOf(socket(code))).toMatchObject({ code: "STORE_UNSUITABLE", retryable: false });
  });

  test("a certificate that is not yet valid is transient: the clock may be behind", () => {
    expect(storeErrorOf(socket("CERT_NOT_YET_VALID"))).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true });
  });
});

describe("what the driver and its socket say", () => {
  test.each([
    socket("ECONNREFUSED", "connect"),
    socket("ECONNREFUSED"),
    socket("ENOENT", "connect"),
    socket("EACCES", "connect"),
    socket("EPIPE", "write"),
    socket("ENOTFOUND", "getaddrinfo"),
    new Error("timeout exceeded when trying to connect"),
    new Error("Query read timeout"),
    new Error("Connection terminated unexpectedly"),
    new Error("Connection terminated due to connection timeout"),
    new Error("Client has encountered a connection error and is not queryable"),
  ])("%s passes: come again", (error) => {
    expect(storeErrorOf(error)).toMatchObject({ code: "STORE_UNAVAILABLE", retryable: true, cause: error });
  });

  test("a certificate that is not there does not pass", () => {
    expect(storeErrorOf(socket("ENOENT", "open"))).toMatchObject({ code: "STORE_FAILED", retryable: false });
  });

  test("a missing password is refused credentials", () => {
    const error = new Error("SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string");

    expect(storeErrorOf(error).code).toBe("STORE_CREDENTIALS_REFUSED");
  });

  test("a defect of ours is no outage", () => {
    expect(storeErrorOf(new TypeError("x is undefined"))).toMatchObject({ code: "STORE_FAILED", retryable: false });
  });
});

test("our own errors pass unchanged", () => {
  const error = new CloudMonitorError("INSTANCE_NOT_FOUND", "no instance has the id 9");

  expect(storeErrorOf(error)).toBe(error);
});

test.each([
  ["a refused statement", answer("23505"), true],
  ["a refused statement in the server's own language", answer("23505", "FEHLER"), true],
  ["a statement timeout", answer("57014"), true],
  ["a shutdown", answer("57P01", "FATAL"), false],
  ["a fatal answer of any kind", answer("53200", "FATAL"), false],
  ["a query whose answer never came", new Error("Query read timeout"), false],
  ["a reset socket", socket("ECONNRESET", "read"), false],
  ["a refusal of our own", new CloudMonitorError("INSTANCE_NAME_TAKEN", "taken"), true],
])("after %s the session goes on or not", (_, error, survives) => {
  expect(sessionSurvives(error)).toBe(survives);
});

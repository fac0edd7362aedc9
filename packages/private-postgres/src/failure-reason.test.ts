import { expect, test } from "@jest/globals";
import { failureReason } from "./failure-reason.ts";

const at = "2026-11-26 01:05:59.123 UTC [4711] ";

test("a panic is the reason, however much the server logs after it", () => {
  const log = [
    `${at}LOG:  database system was interrupted; last known up at 2026-11-26 01:00:00 UTC`,
    `${at}FATAL:  the database system is starting up`,
    `${at}PANIC:  could not write to file "pg_wal/xlogtemp.4711": No space left on device`,
    `${at}FATAL:  the database system is starting up`,
    `${at}LOG:  startup process (PID 4711) was terminated by signal 6: Aborted`,
    `${at}LOG:  aborting startup due to startup process failure`,
    `${at}LOG:  database system is shut down`,
  ].join("\n");

  expect(failureReason(log)).toBe('PANIC: could not write to file "pg_wal/xlogtemp.4711": No space left on device');
});

test.each([
  [
    [
      'FATAL:  data directory "/d" has invalid permissions',
      "DETAIL:  Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).",
      "LOG:  database system is shut down",
    ],
    'FATAL: data directory "/d" has invalid permissions (Permissions should be u=rwx (0700) or u=rwx,g=rx (0750).)',
  ],
  [
    [
      "FATAL:  could not map anonymous shared memory: Cannot allocate memory",
      "HINT:  This error usually means that PostgreSQL's request exceeded available memory.",
      "LOG:  database system is shut down",
    ],
    "FATAL: could not map anonymous shared memory: Cannot allocate memory (This error usually means that PostgreSQL's request exceeded available memory.)",
  ],
  [
    [
      'FATAL:  lock file "postmaster.pid" already exists',
      'HINT:  Is another postmaster (PID 7) running in data directory "/d"?',
    ],
    'FATAL: lock file "postmaster.pid" already exists (Is another postmaster (PID 7) running in data directory "/d"?)',
  ],
  [
    [
      "FATAL:  database files are incompatible with server",
      "DETAIL:  The data directory was initialized by PostgreSQL version 14, which is not compatible with this version 15.18.",
    ],
    "FATAL: database files are incompatible with server (The data directory was initialized by PostgreSQL version 14, which is not compatible with this version 15.18.)",
  ],
])("a fatal error is reported with its details: %j", (lines, reason) => {
  expect(failureReason(lines.map((line) => at + line).join("\n"))).toBe(reason);
});

test("initdb's reason is reported, not its cleanup", () => {
  const own =
    'initdb: error: could not create directory "/d/pg_wal": No space left on device\ninitdb: removing data directory "/d"\n';
  const child = `${at}FATAL:  could not write to file "pg_wal/1": No space left on device\nchild process exited with exit code 1\ninitdb: removing data directory "/d"\n`;

  expect(failureReason(own)).toBe('initdb: error: could not create directory "/d/pg_wal": No space left on device');
  expect(failureReason(child)).toBe('FATAL: could not write to file "pg_wal/1": No space left on device');
});

test("without an error level the last lines are reported, and a long reason is truncated", () => {
  expect(failureReason("one\ntwo\nthree\nfour\n")).toBe("two; three; four");
  expect(failureReason("")).toBe("");
  expect(failureReason(`${at}FATAL:  begins ${"x".repeat(5_000)}`)).toMatch(/^FATAL: begins x{500,}$/);
});

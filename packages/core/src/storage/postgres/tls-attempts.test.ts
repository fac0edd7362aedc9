import { getCACertificates } from "node:tls";
import { expect, test } from "@jest/globals";
import { SSL_MODES } from "../../config/database/database-address.ts";
import type { SslMode, TlsOptions } from "../../config/database/database-address.ts";
import { tlsAttempts } from "./tls-attempts.ts";

const attempts = (tls: TlsOptions | undefined, host = "db.example") =>
  tlsAttempts({ host, port: 5432, database: "d", tls });

test.each<[SslMode, readonly boolean[]]>([
  ["disable", [false]],
  ["allow", [false, true]],
  ["prefer", [true, false]],
  ["require", [true]],
  ["no-verify", [true]],
  ["verify-full", [true]],
])("%s is tried in libpq's order", (mode, encrypted) => {
  expect(attempts({ mode }).map((tls) => tls !== false)).toEqual(encrypted);
});

test("without TLS options it is prefer, and never used on a Unix socket", () => {
  expect(attempts(undefined)).toEqual(attempts({ mode: "prefer" }));
  for (const mode of SSL_MODES)
    expect(attempts({ mode, rootCertFile: "/not/read" }, "/run/postgresql")).toEqual([false]);
});

test("only the requested checks are made", () => {
  expect(attempts({ mode: "require" })).toEqual([{ rejectUnauthorized: false, servername: "db.example" }]);
  expect(attempts({ mode: "verify-full" })).toEqual([{ rejectUnauthorized: true, servername: "db.example" }]);
  expect(attempts({ mode: "verify-full" }, "192.0.2.7")).toEqual([{ rejectUnauthorized: true, host: "192.0.2.7" }]);
});

test("sslrootcert=system trusts what the operating system trusts", () => {
  const system = getCACertificates("system");
  const wanted = system.length === 0 ? {} : { ca: system };

  expect(attempts({ mode: "verify-full", rootCertFile: "system" })).toEqual([
    { rejectUnauthorized: true, servername: "db.example", ...wanted },
  ]);
});

import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { codeOf, messageOf } from "../../model/errors.ts";
import type { DatabaseAddress } from "./database-address.ts";
import { parseDatabaseUrl } from "./database-url.ts";

const addressOf = (text: string): DatabaseAddress => parseDatabaseUrl(text).address;

describe("DATABASE_URL", () => {
  test.each<[string, Partial<DatabaseAddress>]>([
    ["postgresql://ann:s3cret@db.example:5433/m", { user: "ann", password: "s3cret", host: "db.example", port: 5433 }],
    [
      "postgres://ann@db.example/m",
      { user: "ann", password: undefined, host: "db.example", port: 5432, database: "m" },
    ],
    [
      "postgresql://u:p@/db?host=/run/postgresql",
      { user: "u", password: "p", host: "/run/postgresql", database: "db" },
    ],
    ["postgresql:///db?host=/run/postgresql&user=u", { user: "u", host: "/run/postgresql", database: "db" }],
    ["postgresql://%2Frun%2Fpostgresql/db", { user: undefined, host: "/run/postgresql", database: "db" }],
    ["postgresql://u@%2Frun%2Fpostgresql:5433/db", { host: "/run/postgresql", port: 5433 }],
    ["postgresql://u:p@[::1]:5433/d", { host: "::1", port: 5433 }],
    ["postgresql://[2001:db8::1]/d", { host: "2001:db8::1" }],
    ["postgresql://host/d?port=5433", { host: "host", port: 5433 }],
    ["postgresql://host?dbname=d", { host: "host", database: "d" }],
    ["postgresql://host:/d?user=&sslmode=", { host: "host", port: 5432, user: undefined }],
    ["postgresql://other/other?host=host&dbname=d&user=u&password=p", { host: "host", database: "d", password: "p" }],
    ["postgresql://:p@host/d", { user: undefined, password: "p" }],
    ["postgresql://u:@host/d", { user: "u", password: undefined }],
    ["postgresql://u:a:b@host/d", { password: "a:b" }],
    ["postgresql://u:a#b?c+d@host/d", { password: "a#b?c+d", host: "host", database: "d" }],
    ["postgresql://u:a%40b%3Ac%25d%2Fe@host/d", { password: "a@b:c%d/e" }],
    ["postgresql://u%40corp:p@host/d%20e%2Ff", { user: "u@corp", database: "d e/f" }],
    ["postgresql://host/d#e", { database: "d#e" }],
    ["postgresql://name/d?hostaddr=192.0.2.7", { host: "name", hostAddress: "192.0.2.7" }],
    ["postgresql:///d?hostaddr=192.0.2.7", { host: "192.0.2.7", hostAddress: "192.0.2.7" }],
    ["postgresql://host/d?connect_timeout=7&keepalives=0", { connectTimeoutMs: 7_000, keepAlive: false }],
    ["postgresql://host/d?options=-c%20search_path%3Dmine", { options: "-c search_path=mine" }],
    ["postgresql://host/d?application_name=a&fallback_application_name=b", { applicationName: "a" }],
    ["postgresql://host/d?fallback_application_name=b", { applicationName: "b" }],
    ["postgresql://host/d?client_encoding=UTF8&gssencmode=prefer&target_session_attrs=read-write", { host: "host" }],
  ])("%p is read as libpq reads it", (text, wanted) => {
    expect(addressOf(text)).toMatchObject(wanted);
  });

  test("of any parts is read back to these parts", () => {
    const part = fc.string({ unit: "binary", minLength: 1, maxLength: 12 }).filter((text) => !text.includes("\0"));
    const host = fc.oneof(
      fc.ipV4(),
      fc.ipV6(),
      fc.domain(),
      part.filter((text) => !/[,/]/.test(text)).map((text) => `/run/${text}`),
    );
    const parts = fc.record({
      user: part,
      password: part,
      host,
      port: fc.integer({ min: 1, max: 65_535 }),
      database: part,
      applicationName: part,
    });

    fc.assert(
      fc.property(parts, (given) => {
        const escaped = (text: string) => encodeURIComponent(text);
        const authority = given.host.includes(":") ? `[${given.host}]` : escaped(given.host);
        const url =
          `postgresql://${escaped(given.user)}:${escaped(given.password)}@${authority}:${given.port}` +
          `/${escaped(given.database)}?application_name=${escaped(given.applicationName)}`;

        expect(addressOf(url)).toMatchObject(given);
      }),
    );
  });

  test("is shown to people without password and parameters", () => {
    const { location } = parseDatabaseUrl("postgres://ann:s3cret@db.example:5433/metrics?sslmode=require");

    expect(location).toBe("postgresql://ann@db.example:5433/metrics");
    expect(parseDatabaseUrl("postgresql:///m?host=/run/postgresql").location).toBe(
      "postgresql://%2Frun%2Fpostgresql/m",
    );
    expect(parseDatabaseUrl("postgresql://u:p@[::1]/m").location).toBe("postgresql://u@[::1]/m");
  });

  test.each([
    ["", "begin with postgresql://"],
    ["db.example/metrics", "begin with postgresql://"],
    ["host=db.example dbname=metrics", "begin with postgresql://"],
    ["postgresql://u:p@host:99999/d", "port"],
    ["postgresql://u:p@host:0/d", "port"],
    ["postgresql://u:p@host:54a/d", "port"],
    ["mysql://u:p@host/d", "scheme"],
    ["http://u:p@host/d", "scheme"],
    ["postgresql:///d", "no host"],
    ["postgresql://u:p@/d", "no host"],
    ["postgresql://u:p@host", "no database"],
    ["postgresql://u:p@host/", "no database"],
    ["postgresql://u:p@host/a%2", "escape"],
    ["postgresql://u:p%@host/d", "password"],
    ["postgresql://u:p%00@host/d", "zero byte"],
    ["postgresql://u:p%ff@host/d", "UTF-8"],
    ["postgresql://u:p@ss@host/d", "%40"],
    ["postgresql://host/a/b", "more than the database name"],
    ["postgresql://u:p/w@host/d", "%2F"],
    ["postgresql://u:p/w@host", "port"],
    ["postgresql://h1:5432,h2/db", "several hosts"],
    ["postgresql:///db?host=h1,h2", "several hosts"],
    ["postgresql://[::1/d", "bracket"],
    ["postgresql://[]/d", "IPv6"],
    ["postgresql://::1/d", "no host"],
    ["postgresql://2001:db8::1/d", "port"],
    ["postgresql://a b/d", "host name"],
    ["postgresql://%40abstract/d", "abstract socket"],
    ["postgresql://host/d?hostaddr=name", "hostaddr"],
    ["postgresql://host/d?port=0", "port"],
    ["postgresql://host/d?user", "name=value"],
    ["postgresql://host/d?options=a=b", "name=value"],
    ["postgresql://host/d?ssl_mode=require", 'did you mean "sslmode"'],
    ["postgresql://host/d?schema=mine", "not known to libpq"],
    ["postgresql://host/d?statement_timeout=1", "not known to libpq"],
    ["postgresql://host/d?sslmode=maybe", "sslmode"],
    ["postgresql://host/d?sslmode=REQUIRE", "sslmode"],
    ["postgresql://host/d?ssl=false", "sslmode=disable"],
    ["postgresql://host/d?sslmode=verify-ca", "sslrootcert"],
    ["postgresql://host/d?sslmode=require&sslrootcert=system", "verify-full"],
    ["postgresql://host/d?sslnegotiation=direct", "sslmode=require"],
    ["postgresql://host/d?sslcert=/c", "sslkey"],
    ["postgresql://host/d?sslcrl=/c", "sslcrl"],
    ["postgresql://host/d?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2", "above"],
    ["postgresql://host/d?channel_binding=require", "channel_binding"],
    ["postgresql://host/d?gssencmode=require", "gssencmode"],
    ["postgresql://host/d?client_encoding=LATIN1", "client_encoding"],
    ["postgresql://host/d?target_session_attrs=standby", "target_session_attrs"],
    ["postgresql://host/d?requirepeer=postgres", "requirepeer"],
    ["postgresql://host/d?service=mine", "service"],
    ["postgresql://host/d?passfile=/p", "passfile"],
    ["postgresql://host/d?connect_timeout=0", "connect_timeout"],
    ["postgresql://host/d?keepalives=2", "keepalives"],
    ["postgresql://host/d?keepalives_count=3", "keepalives_count"],
  ])("%p is refused: %s", (text, reason) => {
    const error = refusalOf(text);

    expect(codeOf(error)).toBe("STORE_URL_INVALID");
    expect(messageOf(error)).toContain(reason);
  });

  test("never shows the password, however broken the rest is", () => {
    const password = "hunter2hunter2";
    const broken = fc
      .tuple(fc.string(), fc.string(), fc.constantFrom("postgresql://", "postgres:", "x://", ""), fc.string())
      .map(([before, after, scheme, inside]) => `${scheme}${before}:${inside}${password}@${after}`);

    fc.assert(
      fc.property(broken, (text) => {
        expect(messageOf(refusalOf(text) ?? "")).not.toContain(password);
      }),
    );
  });
});

describe("encryption is that of libpq for sslmode", () => {
  test.each<[string, DatabaseAddress["tls"] | object]>([
    ["", { mode: "prefer" }],
    ["?sslmode=disable", { mode: "disable" }],
    ["?ssl=true", { mode: "require" }],
    ["?ssl=true&sslmode=verify-full", { mode: "verify-full" }],
    ["?sslrootcert=system", { mode: "verify-full", rootCertFile: "system" }],
    ["?sslmode=verify-ca&sslrootcert=/ca.pem", { mode: "verify-ca", rootCertFile: "/ca.pem" }],
    ["?sslmode=require&uselibpqcompat=true", { mode: "require" }],
    ["?sslmode=require&sslnegotiation=direct", { mode: "require", isDirect: true }],
    ["?sslcert=/c&sslkey=/k&sslpassword=s", { mode: "prefer", certFile: "/c", keyFile: "/k", keyPassword: "s" }],
  ])("%p", (query, tls) => {
    expect(addressOf(`postgresql://u@host/d${query}`).tls).toMatchObject(tls as object);
  });
});

function refusalOf(text: string): unknown {
  try {
    parseDatabaseUrl(text);
    return null;
  } catch (error) {
    return error;
  }
}

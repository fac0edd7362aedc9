import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { codeOf, messageOf } from "../model/errors.ts";
import { parseDatabaseUrl } from "./database-url.ts";

describe("DATABASE_URL", () => {
  test("is handed on as given", () => {
    const text = "postgresql://ann:s3cret@db.example:5433/metrics?sslmode=require";

    expect(parseDatabaseUrl(text).connectionString).toBe(text);
  });

  test("is shown to people without password and parameters", () => {
    const { location } = parseDatabaseUrl("postgres://ann:s3cret@db.example:5433/metrics?sslmode=require");

    expect(location).toBe("postgresql://ann@db.example:5433/metrics");
  });

  test("may name the folder of a Unix socket as host", () => {
    expect(parseDatabaseUrl("postgresql:///metrics?host=/run/postgresql").location).toContain("%2Frun%2Fpostgresql/");
    expect(parseDatabaseUrl("postgresql://%2Frun%2Fpostgresql/metrics").location).toContain("%2Frun%2Fpostgresql/");
  });

  test.each([
    ["", "cannot be read"],
    ["db.example/metrics", "cannot be read"],
    ["postgresql://u:p@host:99999/d", "cannot be read"],
    ["mysql://u:p@host/d", "scheme"],
    ["http://u:p@host/d", "scheme"],
    ["postgresql:///d", "no host"],
    ["postgresql://u:p@host", "no database"],
    ["postgresql://u:p@host/", "no database"],
    ["postgresql://u:p@host/a/b", "more than the database name"],
    ["postgresql://u:p%@host/d", "password"],
    ["postgresql://u:p@host/d?port=0", "port"],
    ["postgresql://u:p@host/d?sslmode=maybe", "sslmode"],
  ])("%p is refused: %s", (text, reason) => {
    const error = refusalOf(text);

    expect(codeOf(error)).toBe("STORE_URL_INVALID");
    expect(messageOf(error)).toContain(reason);
  });

  test("never shows the password, however broken the rest is", () => {
    const password = "hunter2hunter2";
    const broken = fc
      .tuple(fc.string(), fc.string(), fc.constantFrom("postgresql://", "postgres:", "x://", ""))
      .map(([before, after, scheme]) => `${scheme}${before}:${password}@${after}`);

    fc.assert(
      fc.property(broken, (text) => {
        expect(messageOf(refusalOf(text) ?? "")).not.toContain(password);
      }),
    );
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

import { afterAll, beforeAll, expect } from "@jest/globals";
import { PgBouncer } from "../support/pgbouncer.ts";
import { querying } from "../support/postgres.ts";
import { PostgresServer } from "../support/postgres-server.ts";
import { needs } from "../support/programs.ts";
import { NAME, namesAfterUse, refusalOf, UNSUITABLE } from "../support/use-storage.ts";

const test = needs("pgbouncer");

let server: PostgresServer;

beforeAll(async () => {
  server = await PostgresServer.create();
});
afterAll(() => server.dispose());

const sql = (text: string) => querying(server.url("postgres")).sql(text);

test("as packaged, in session mode, everything works", async () => {
  await sql("create database bounced");
  await using bouncer = new PgBouncer(server.address("bounced").host, "bounced");
  await bouncer.answers();

  expect(await namesAfterUse(bouncer.url("session"))).toEqual([NAME]);
});

test("in transaction or statement mode, or with an unknown user, the start fails with what to change", async () => {
  await sql("create database shared");
  await using bouncer = new PgBouncer(server.address("shared").host, "shared");
  await bouncer.answers();

  for (const mode of ["transaction", "statement"]) {
    expect(await refusalOf(bouncer.url(mode))).toMatchObject({
      ...UNSUITABLE,
      message: expect.stringContaining("pool_mode = session"),
    });
  }
  expect(await refusalOf(bouncer.url("session", "stranger"))).toMatchObject({ code: "STORE_CREDENTIALS_REFUSED" });
  expect(await refusalOf(bouncer.url("nowhere"))).toMatchObject({ code: "STORE_CREDENTIALS_REFUSED" });
  expect(await refusalOf(`${bouncer.url("session")}?options=-c%20geqo%3Doff`)).toMatchObject(UNSUITABLE);
});

test("the daemon waits for a server that is unavailable behind it", async () => {
  await using bouncer = new PgBouncer("/nowhere", "any");
  await bouncer.answers();

  expect(await refusalOf(`${bouncer.url("session")}?connect_timeout=1`)).toMatchObject({
    code: "STORE_UNAVAILABLE",
    retryable: true,
  });
});

import { describe, expect, it } from "@jest/globals";
import type { Config } from "./config.ts";
import { parseDatabaseUrl } from "./database/database-url.ts";
import { loadInMemory, problemsInMemory } from "./testing/load-in-memory.ts";
import type { GivenSources } from "./testing/load-in-memory.ts";
import { showConfig } from "./show-config.ts";

const CANARY = "canary-0123456789abcdef";

async function configOf(given: GivenSources): Promise<Config> {
  return (await loadInMemory(given)).config;
}

describe("the database", () => {
  const PG = { PGHOST: "db.example", PGUSER: "me", PGPASSWORD: "p@ss/word", PGDATABASE: "metrics" };

  it("comes from PG* only if STORAGE=postgres is set explicitly", async () => {
    expect((await configOf({ env: PG })).storage.databaseUrl).toBeNull();
    expect((await configOf({ env: { ...PG, STORAGE: "memory" } })).storage.databaseUrl).toBeNull();
    expect((await configOf({ env: { ...PG, STORAGE: "postgres" } })).storage.databaseUrl).toBe(
      "postgresql://me:p%40ss%2Fword@db.example:5432/metrics",
    );
  });

  it("is DATABASE_URL before PG*", async () => {
    const url = "postgresql://u@h/d";

    expect((await configOf({ env: { ...PG, STORAGE: "postgres", DATABASE_URL: url } })).storage.databaseUrl).toBe(url);
  });

  it("interprets PG* like libpq, or refuses it, and no password gets into a message", async () => {
    const given = {
      PGSSLMODE: "verify-full",
      PGSSLROOTCERT: "/a b.pem",
      PGOPTIONS: "-c jit=off",
      PGHOSTADDR: "192.0.2.7",
    };
    const { databaseUrl } = (await configOf({ env: { ...PG, ...given, STORAGE: "postgres" } })).storage;
    const problems = await problemsInMemory({ env: { ...PG, PGSERVICE: "mine", STORAGE: "postgres" } });

    expect(parseDatabaseUrl(databaseUrl!).address).toMatchObject({
      hostAddress: "192.0.2.7",
      options: "-c jit=off",
      tls: { mode: "verify-full", rootCertFile: "/a b.pem" },
    });
    expect(problems).toEqual([{ where: "environment PGHOST", message: expect.stringContaining("service") }]);
  });

  it("may be reached by PGHOST as a folder or an IPv6 address", async () => {
    const url = async (PGHOST: string) =>
      (await configOf({ env: { PGHOST, PGUSER: "me", STORAGE: "postgres" } })).storage.databaseUrl;

    expect(await url("/run/postgresql")).toBe("postgresql://me@%2Frun%2Fpostgresql:5432/me");
    expect(await url("::1")).toBe("postgresql://me@[::1]:5432/me");
  });
});

describe("an open address", () => {
  it.each(["0.0.0.0", "::", "192.0.2.1", "monitor.example", "::ffff:10.0.0.1"])(
    "%s is refused without a token",
    async (host) => {
      const problems = await problemsInMemory({ env: { HTTP_HOST: host } });

      expect(problems).toEqual([
        { where: "environment HTTP_HOST", message: expect.stringMatching(/found .* wanted a token .* API_TOKEN_FILE/) },
      ]);
    },
  );

  it("is reported beside other problems, but not beside one of the token itself", async () => {
    const besides = await problemsInMemory({ env: { HTTP_HOST: "0.0.0.0", HTTP_PORT: "x" } });
    const token = await problemsInMemory({ env: { HTTP_HOST: "0.0.0.0", API_TOKEN: "short" } });

    expect(besides.map(({ where }) => where)).toEqual(["environment HTTP_PORT", "environment HTTP_HOST"]);
    expect(token.map(({ where }) => where)).toEqual(["environment API_TOKEN"]);
  });

  it.each([
    ["with a token", { env: { HTTP_HOST: "0.0.0.0", API_TOKEN: CANARY } }],
    ["with --insecure-no-auth", { env: { HTTP_HOST: "0.0.0.0" }, argv: ["--insecure-no-auth"] }],
    ["that is loopback after all", { env: { HTTP_HOST: "127.9.9.9" } }],
    ["that is loopback of IPv6", { env: { HTTP_HOST: "[::1]" } }],
    ["that is localhost", { env: { HTTP_HOST: "localhost" } }],
  ])("%s is accepted", async (_, given) => {
    await expect(loadInMemory(given)).resolves.toBeDefined();
  });
});

describe("secrets", () => {
  it.each([
    ["a flag", { argv: ["--http-api-token-file=token"], files: { token: `${CANARY}\n` } }],
    ["a variable", { env: { API_TOKEN_FILE: "token" }, files: { token: `${CANARY}\n` } }],
    ["YAML", { files: { token: CANARY, "cloud-monitor.yaml": "http: {apiTokenFile: token}" } }],
    [".env", { files: { token: CANARY, ".env": "CLOUD_MONITOR_HTTP_API_TOKEN_FILE=token" } }],
  ])("are read from the file that %s names", async (_, given) => {
    expect((await configOf(given)).http.apiToken).toBe(CANARY);
  });

  it.each<[string, GivenSources]>([
    ["too short a token", { env: { API_TOKEN: "canary-0" } }],
    ["a token with a space", { env: { API_TOKEN: `${CANARY} ${CANARY}` } }],
    ["a token as a flag", { argv: [`--http-api-token=${CANARY}`] }],
    ["a token as a flag and a word", { argv: ["--http-api-token", CANARY] }],
    ["a malformed database address", { env: { DATABASE_URL: `postgresql://u:${CANARY}@` } }],
    ["a token in broken YAML", { files: { "cloud-monitor.yaml": `http: {apiToken: ${CANARY}` } }],
    ["a secret given twice", { env: { API_TOKEN: CANARY, API_TOKEN_FILE: "t" }, files: { t: CANARY } }],
    ["a world-readable .env", { files: { ".env": { text: `API_TOKEN=${CANARY}`, mode: 0o644 } } }],
    ["a world-readable file", { env: { API_TOKEN_FILE: "t" }, files: { t: { text: CANARY, mode: 0o604 } } }],
    ["a missing file", { env: { API_TOKEN_FILE: "t" } }],
    ["PGPASSWORD without a database", { env: { STORAGE: "postgres", PGHOST: "h", PGPASSWORD: CANARY } }],
  ])("are not repeated in the problem of %s", async (_, given) => {
    const problems = await problemsInMemory(given);

    expect(problems).toHaveLength(1);
    expect(JSON.stringify(problems)).not.toContain("canary");
  });

  it("may be world-readable where Docker mounts them, and an address without a password anywhere", async () => {
    const file = { text: CANARY, mode: 0o444 };

    const docker = await configOf({
      env: { API_TOKEN_FILE: "/run/secrets/token" },
      files: { "/run/secrets/token": file },
    });
    const open = await loadInMemory({ files: { ".env": { text: "DATABASE_URL=postgresql://u@h/d", mode: 0o644 } } });

    expect(docker.http.apiToken).toBe(CANARY);
    expect(open.config.storage.databaseUrl).toBe("postgresql://u@h/d");
  });

  it("are hidden when the configuration is shown", async () => {
    const loaded = await loadInMemory({
      env: { API_TOKEN: CANARY, DATABASE_URL: `postgresql://u:${CANARY}@h/d`, HTTP_PORT: "1" },
    });

    const shown = showConfig(loaded);

    expect(shown).not.toContain("canary");
    expect(shown).toMatch(/^http\.apiToken = \*\*\* +# environment API_TOKEN$/m);
    expect(shown).toMatch(/^http\.port = 1 +# environment HTTP_PORT$/m);
    expect(shown).toMatch(/^storage\.retentionRaw = 1d +# default$/m);
  });
});

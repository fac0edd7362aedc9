import type { GivenValue } from "./given-value.ts";
import type { Variable, Variables } from "./environment-source.ts";
import { SETTINGS } from "./settings.ts";

/**
 * The database address that libpq's variables describe, if any is set; the first source that has a variable wins.
 * The caller asks only when the user wrote `STORAGE=postgres`: many shells have `PG*` set for psql,
 * and a daemon that is merely started there must not write to that database.
 */
export function databaseFromPostgresVariables(sources: readonly Variables[]): GivenValue | null {
  const find = (name: string) => sources.map((source) => source.byName.get(name)).find((found) => found !== undefined);
  const places = ["PGHOST", "PGPORT", "PGDATABASE", "PGUSER"].map(find).filter((found) => found !== undefined);
  const setting = SETTINGS.find((one) => one.at === "storage.databaseUrl");
  const [first] = places;
  if (first === undefined || setting === undefined) return null;
  return { setting, text: addressOf(find), place: first.place, isFile: false };
}

function addressOf(find: (name: string) => Variable | undefined): string {
  const valueOf = (name: string) => find(name)?.value ?? "";
  const user = valueOf("PGUSER");
  const password = valueOf("PGPASSWORD");
  const secret = password === "" ? "" : `:${encodeURIComponent(password)}`;
  const account = user === "" ? "" : `${encodeURIComponent(user)}${secret}@`;
  const host = hostOf(valueOf("PGHOST") || "localhost");
  const port = valueOf("PGPORT") || "5432";
  return `postgresql://${account}${host}:${port}/${encodeURIComponent(valueOf("PGDATABASE") || user)}`;
}

/** A folder is that of a Unix socket; its slashes are escaped. */
function hostOf(host: string): string {
  return host.includes(":") ? `[${host}]` : encodeURIComponent(host);
}

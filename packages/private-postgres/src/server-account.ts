import { readFileSync } from "node:fs";
import { PrivatePostgresError } from "./private-postgres-error.ts";

/** The user that the server runs as. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/**
 * PostgreSQL refuses to run as root, so a daemon that runs as root starts it as another user: the one that already owns the
 * data, else `postgres`, else `nobody`. Null when the daemon is not root: the server runs as the same user.
 */
export function serverAccount(dataOwnerUid: number | null): ServerAccount | null {
  if (process.getuid?.() !== 0) return null;
  const account = chooseAccount(parsePasswd(readFileSync("/etc/passwd", "utf8")), dataOwnerUid);
  if (account !== null) return account;
  throw new PrivatePostgresError(
    "ACCOUNT_MISSING",
    dataOwnerUid === null
      ? "PostgreSQL does not run as root, and /etc/passwd has no user postgres or nobody to run it as; add one, or start the daemon as an ordinary user"
      : `the private data folder belongs to user id ${dataOwnerUid}, which is not in /etc/passwd; add that user, or give the folder to the user postgres`,
  );
}

export function chooseAccount(accounts: readonly ServerAccount[], dataOwnerUid: number | null): ServerAccount | null {
  const others = accounts.filter((account) => account.uid !== 0);
  if (dataOwnerUid !== null) return others.find((account) => account.uid === dataOwnerUid) ?? null;
  for (const name of ["postgres", "nobody"]) {
    const account = others.find((candidate) => candidate.name === name);
    if (account !== undefined) return account;
  }
  return null;
}

/** Entries of passwd(5); other lines (comments, NIS) are skipped. */
export function parsePasswd(text: string): ServerAccount[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || name === "" || !isId(uid) || !isId(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid) }];
  });
}

function isId(text: string | undefined): text is string {
  return text !== undefined && /^\d{1,10}$/.test(text);
}

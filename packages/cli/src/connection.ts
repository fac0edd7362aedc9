import { readFileSync } from "node:fs";
import { UsageError } from "./usage-error.ts";

export interface Connection {
  url: string;
  token?: string;
}

/** The daemon's address and the token: option, then environment, then default. */
export function connectionOf(
  given: { url?: string | undefined; token?: string | undefined },
  env: Readonly<Record<string, string | undefined>>,
): Connection {
  const token = given.token ?? (env["CLOUDCTL_TOKEN"] || tokenFromFile(env["CLOUDCTL_TOKEN_FILE"]));
  const url = given.url ?? (env["CLOUDCTL_URL"] || "http://127.0.0.1:8080");
  return token === undefined ? { url } : { url, token };
}

function tokenFromFile(path: string | undefined): string | undefined {
  if (!path) return undefined;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    const reason = Error.isError(error) ? error.message : String(error);
    throw new UsageError(`the token cannot be read: ${reason}; correct CLOUDCTL_TOKEN_FILE, or set CLOUDCTL_TOKEN`);
  }
}

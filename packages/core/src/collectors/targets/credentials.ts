import type { ConnectionOptions } from "node:tls";
import type { Clock } from "../../model/clock.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { TargetProfile, TlsConfig } from "../../model/target-definitions.ts";
import { isExposed, readSmallFile } from "../../platform/read-small-file.ts";
import type { SmallFile } from "../../platform/read-small-file.ts";

/** How often files are read again: tokens and certificates are renewed while the daemon runs. */
const FILES_MS = 10_000;

/** What a profile gives a connection. */
export interface Credentials {
  /** Value of the header `authorization`; null: none. */
  readonly authorization: string | null;
  /** The same object as long as no file has changed. */
  readonly tls: TlsOptions;
}

export type TlsOptions = Pick<ConnectionOptions, "ca" | "cert" | "key" | "servername" | "rejectUnauthorized">;

const NONE: Credentials = { authorization: null, tls: {} };

/** Reads the files of profiles. */
export class CredentialFiles {
  readonly #clock: Clock;
  readonly #known = new WeakMap<TargetProfile, { readonly credentials: Credentials; readonly readMs: number }>();
  /** By content: instances that name the same profile share connections. */
  readonly #tls = new Map<string, TlsOptions>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Throws CollectFailure `failed` when a file cannot be read. */
  of(profile: TargetProfile | null): Credentials {
    if (profile === null) return NONE;
    const nowMs = this.#clock.monotonicMs();
    const known = this.#known.get(profile);
    if (known !== undefined && nowMs - known.readMs < FILES_MS) return known.credentials;
    const credentials = { authorization: authorizationOf(profile), tls: this.#tlsOf(profile.tlsConfig ?? {}) };
    this.#known.set(profile, { credentials, readMs: nowMs });
    return credentials;
  }

  #tlsOf({ caFile, certFile, keyFile, serverName, insecureSkipVerify }: TlsConfig): TlsOptions {
    const options: TlsOptions = {
      ...(caFile !== undefined && { ca: textOf(caFile) }),
      ...(certFile !== undefined && { cert: textOf(certFile) }),
      ...(keyFile !== undefined && { key: secretOf(keyFile) }),
      ...(serverName !== undefined && { servername: serverName }),
      ...(insecureSkipVerify === true && { rejectUnauthorized: false }),
    };
    const content = JSON.stringify(options);
    if (content === "{}") return NONE.tls;
    const known = this.#tls.get(content);
    if (known !== undefined) return known;
    this.#tls.set(content, options);
    return options;
  }
}

function authorizationOf({ bearerTokenFile, basicAuth }: TargetProfile): string | null {
  if (bearerTokenFile !== undefined) return `Bearer ${secretOf(bearerTokenFile).trim()}`;
  if (basicAuth === undefined) return null;
  const password = secretOf(basicAuth.passwordFile).replace(/\r?\n$/, "");
  return `Basic ${Buffer.from(`${basicAuth.username}:${password}`).toString("base64")}`;
}

function textOf(path: string): string {
  return fileOf(path).text;
}

/** Its permissions may have changed since the configuration was read. */
function secretOf(path: string): string {
  const { text, mode } = fileOf(path);
  if (!isExposed(path, mode)) return text;
  throw new CollectFailure("failed", `${path} of the profile contains a secret and is readable by everyone`);
}

function fileOf(path: string): SmallFile {
  try {
    const file = readSmallFile(path);
    if (file !== null) return file;
  } catch (cause) {
    throw new CollectFailure("failed", `${path} of the profile: ${messageOf(cause)}`, { cause });
  }
  throw new CollectFailure("failed", `${path} of the profile does not exist`);
}

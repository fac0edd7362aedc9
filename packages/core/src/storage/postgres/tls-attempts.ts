import { readFileSync } from "node:fs";
import { isIP } from "node:net";
// A namespace import: the bundle must link on an older Node, which then reports the required version.
import nodeTls from "node:tls";
import type { ConnectionOptions } from "node:tls";
import type { TlsOptions } from "../../config/database/database-address.ts";
import { CloudMonitorError, codeOf, messageOf } from "../../model/errors.ts";
import type { PostgresAddress } from "../postgres-address.ts";

/** The driver's option: no TLS, or TLS with these options. */
export type Tls = false | ConnectionOptions;

/**
 * The attempts in order, as in libpq for each `sslmode`. Only `allow` and `prefer` have two.
 * Certificates are read each time, so that renewed ones need no restart.
 */
export function tlsAttempts(address: PostgresAddress): readonly [Tls, ...Tls[]] {
  const { host, tls = { mode: "prefer" } } = address;
  if (host.startsWith("/")) return [false];
  switch (tls.mode) {
    case "disable":
      return [false];
    case "allow":
      return [false, encrypted(address, tls)];
    case "prefer":
      return [encrypted(address, tls), false];
    case "require":
    case "no-verify":
    case "verify-ca":
    case "verify-full":
      return [encrypted(address, tls)];
    default: {
      const unreachable: never = tls.mode;
      throw new Error(`no such mode: ${String(unreachable)}`);
    }
  }
}

function encrypted({ host }: PostgresAddress, tls: TlsOptions): ConnectionOptions {
  return {
    ...verification(tls),
    // Otherwise the driver would check the certificate for the name of `hostaddr`.
    ...(isIP(host) === 0 ? { servername: host } : { host }),
    ...(tls.certFile === undefined ? {} : { cert: read("sslcert", tls.certFile) }),
    ...(tls.keyFile === undefined ? {} : { key: read("sslkey", tls.keyFile) }),
    ...(tls.keyPassword === undefined ? {} : { passphrase: tls.keyPassword }),
    ...(tls.minVersion === undefined ? {} : { minVersion: tls.minVersion }),
    ...(tls.maxVersion === undefined ? {} : { maxVersion: tls.maxVersion }),
  };
}

/** `verify-full` checks chain and name, `verify-ca` the chain; the others check the chain if there is a root certificate. */
function verification({ mode, rootCertFile }: TlsOptions): ConnectionOptions {
  if (mode === "verify-full") return { rejectUnauthorized: true, ...trusted(rootCertFile) };
  if (mode === "no-verify" || rootCertFile === undefined) return { rejectUnauthorized: false };
  return { rejectUnauthorized: true, ...trusted(rootCertFile), checkServerIdentity: () => undefined };
}

/** Without a file: the authorities bundled with Node.js. */
function trusted(rootCertFile: string | undefined): ConnectionOptions {
  if (rootCertFile === undefined) return {};
  if (rootCertFile !== "system") return { ca: read("sslrootcert", rootCertFile) };
  const ca = nodeTls.getCACertificates("system");
  return ca.length === 0 ? {} : { ca };
}

function read(parameter: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CloudMonitorError(
      "STORE_URL_INVALID",
      `the file of ${parameter} in DATABASE_URL cannot be read (${codeOf(error) ?? messageOf(error)}); wanted a PEM file that the daemon's user can read`,
      { cause: error },
    );
  }
}

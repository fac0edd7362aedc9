/** libpq's modes of encryption (postgresql.org/docs/current/libpq-ssl.html), and `no-verify`, the driver's name for `require` without a root. */
export const SSL_MODES = ["disable", "allow", "prefer", "require", "verify-ca", "verify-full", "no-verify"] as const;
export type SslMode = (typeof SSL_MODES)[number];

/** How a connection over TCP is encrypted; one over a Unix socket never is. Files are read when connecting. */
export interface TlsOptions {
  readonly mode: SslMode;
  /** File of trusted certificates, or `system`: those of the operating system. */
  readonly rootCertFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  readonly keyPassword?: string | undefined;
  /** TLS from the first byte on, supported since PostgreSQL 17. */
  readonly isDirect?: boolean | undefined;
  readonly minVersion?: TlsVersion | undefined;
  readonly maxVersion?: TlsVersion | undefined;
}
export type TlsVersion = "TLSv1.2" | "TLSv1.3";

/** How to connect to a PostgreSQL. Contains the password: it is passed only to the driver. */
export interface DatabaseAddress {
  /** A host name, an IP address, or the folder of a Unix socket. */
  readonly host: string;
  /** The IP address to connect to; `host` is then only the name in the certificate. */
  readonly hostAddress?: string | undefined;
  readonly port: number;
  /** Default: the operating system's name of this process's user. */
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly database: string;
  /** Default: `prefer`. */
  readonly tls?: TlsOptions | undefined;
  /** Command-line options for the server's session (`-c name=value`). */
  readonly options?: string | undefined;
  readonly applicationName?: string | undefined;
  readonly connectTimeoutMs?: number | undefined;
  readonly keepAlive?: boolean | undefined;
  readonly keepAliveIdleMs?: number | undefined;
  /** SCRAM bound to the TLS session, when the server offers it. */
  readonly channelBinding?: boolean | undefined;
}

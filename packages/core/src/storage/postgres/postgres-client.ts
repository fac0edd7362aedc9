import { userInfo } from "node:os";
import type { Duplex } from "node:stream";
import type { Client, ClientConfig } from "pg";
import { CloudMonitorError } from "../../model/errors.ts";
import type { PostgresAddress } from "../postgres-address.ts";
import type { Tls } from "./tls-attempts.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const APPLICATION_NAME = "cloud-monitor";

/** All fields that the driver would otherwise read from `PG*` variables are set: those apply only if the user wanted them. */
export function clientConfig(address: PostgresAddress, ssl: Tls, queryTimeoutMs: number): ClientConfig {
  return {
    host: address.hostAddress ?? address.host,
    port: address.port,
    user: address.user ?? userOfProcess(),
    password: address.password,
    database: address.database,
    ssl,
    sslnegotiation: address.tls?.isDirect === true && ssl !== false ? "direct" : "postgres",
    enableChannelBinding: address.channelBinding ?? false,
    application_name: address.applicationName ?? APPLICATION_NAME,
    client_encoding: "UTF8",
    options: address.options,
    connectionTimeoutMillis: address.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
    query_timeout: queryTimeoutMs,
    keepAlive: address.keepAlive ?? true,
    keepAliveInitialDelayMillis: address.keepAliveIdleMs ?? 0,
  };
}

type Connected = (error: Error | null, client?: Client) => void;

/**
 * The driver's client, which ignores `PGPASSWORD`, `PGOPTIONS` and the like, and detects a server that is not PostgreSQL.
 * A function, because `pg` is loaded at first use.
 */
export async function postgresClient(): Promise<typeof Client> {
  const { default: pg } = await import("pg");
  class PostgresClient extends pg.Client {
    readonly #config: ClientConfig;
    #firstResponse: Buffer | null = null;

    constructor(config: ClientConfig) {
      super(config);
      this.#config = config;
      const internals = this as unknown as Internals;
      // Null makes the driver use the user's .pgpass, like libpq.
      internals.password = typeof config.password === "string" ? config.password : null;
      survivesOddBytes(internals.connection);
      internals.connection.stream.once("data", (chunk: Buffer) => (this.#firstResponse = chunk));
    }

    /** The start-up packet; the driver adds `client_encoding`. */
    getStartupConf(): StartupParameters {
      return startupParameters(this.#config);
    }

    override connect(): Promise<Client>;
    override connect(done: Connected): void;
    override connect(done?: Connected): Promise<Client> | void {
      if (done === undefined) {
        return new Promise((resolve, reject) => {
          this.connect((error: Error | null) => (error === null ? resolve(this) : reject(error)));
        });
      }
      const told = (error: Error | null) => (error === null ? done(null, this) : done(this.#explained(error)));
      super.connect(told as (error: Error) => void);
    }

    #explained(error: Error): Error {
      const { ssl, sslnegotiation, host, port } = this.#config;
      const asksForTls = ssl !== false && sslnegotiation !== "direct";
      if (this.#firstResponse === null || isPostgresResponse(this.#firstResponse, asksForTls)) return error;
      return noPostgres(`${host}:${port}`, error);
    }
  }
  return PostgresClient;
}

/** As in libpq. The user in a container often has no name. */
function userOfProcess(): string {
  try {
    return userInfo().username;
  } catch (error) {
    throw new CloudMonitorError(
      "STORE_URL_INVALID",
      "DATABASE_URL has no user, and the daemon's own user has no name; add a user to it",
      {
        cause: error,
      },
    );
  }
}

/** Members missing in the driver's types. */
interface Internals {
  password: string | null;
  readonly connection: Wire & { readonly stream: Duplex };
}

interface Wire {
  attachListeners(stream: Duplex): void;
}

/** The driver's parser throws on unknown messages, such as a Kerberos request; unhandled, that would exit the process. */
function survivesOddBytes(connection: Wire): void {
  const attach = connection.attachListeners.bind(connection);
  connection.attachListeners = (stream) => {
    attach(stream);
    const parse = stream.listeners("data").at(-1) as (chunk: Buffer) => void;
    stream.off("data", parse);
    stream.on("data", (chunk: Buffer) => {
      try {
        parse(chunk);
      } catch (error) {
        stream.destroy(error as Error);
      }
    });
  };
}

type StartupParameters = Readonly<Record<string, string>>;

function startupParameters({ user, database, application_name: name, options }: ClientConfig): StartupParameters {
  return {
    user: user ?? "",
    database: database ?? "",
    application_name: name ?? "",
    ...(options === undefined ? {} : { options }),
  };
}

function noPostgres(place: string, cause: Error): CloudMonitorError {
  return new CloudMonitorError(
    "STORE_UNSUITABLE",
    `the server at ${place} is not PostgreSQL: correct host and port in DATABASE_URL`,
    { cause },
  );
}

/** Longer messages come only later: the longest of these is an error. */
const FIRST_MESSAGE_BYTES_MAX = 30_000;

/** A server responds to a TLS request with one letter or an error, and to a startup packet with one of four messages. */
export function isPostgresResponse(chunk: Buffer, asksForTls: boolean): boolean {
  const letter = String.fromCharCode(chunk[0] ?? 0);
  if (asksForTls && chunk.length === 1) return "SNE".includes(letter);
  if (asksForTls) return letter === "E";
  return "RENv".includes(letter) && (chunk.length < 5 || chunk.readUInt32BE(1) <= FIRST_MESSAGE_BYTES_MAX);
}

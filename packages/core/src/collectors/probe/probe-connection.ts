import { once } from "node:events";
import { connect, isIP } from "node:net";
import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { CollectFailure } from "../../model/failure.ts";
import type { TlsOptions } from "../targets/credentials.ts";
import type { Endpoint } from "../targets/endpoint.ts";
import { hostAndPort } from "../targets/endpoint.ts";
import type { TargetAddress, TargetConnector } from "../targets/target-connector.ts";
import type { ProbeReport } from "./probe-report.ts";

const DAY_SECONDS = 86_400;

/** Connects to one of the addresses, over TCP. Rejects with CollectFailure `forbidden` where no connection may go. */
export async function connectTcp(
  connector: TargetConnector,
  { host, port }: Endpoint,
  { addresses, signal }: { readonly addresses: readonly TargetAddress[]; readonly signal: AbortSignal },
): Promise<Socket> {
  const socket = connect({
    host,
    port,
    autoSelectFamily: true,
    lookup: (_name, _options, callback) => callback(null, [...addresses]),
  });
  const abort = () => socket.destroy();
  signal.addEventListener("abort", abort);
  socket.once("close", () => signal.removeEventListener("abort", abort));
  try {
    await once(socket, "connect", { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  const failure = connector.failureOfSocket(socket, host);
  if (failure !== null) {
    socket.destroy();
    throw failure;
  }
  return socket;
}

interface TlsRequest {
  readonly endpoint: Endpoint;
  readonly tls: TlsOptions;
  readonly signal: AbortSignal;
  /** Seconds since 1970. */
  readonly nowSeconds: number;
}

/**
 * TLS over a connected socket. Reports the certificates also when they are not valid, and then rejects with CollectFailure
 * `invalid`, before anything is sent.
 */
export async function connectSecurely(socket: Socket, request: TlsRequest, report: ProbeReport): Promise<TLSSocket> {
  const { endpoint, tls, signal, nowSeconds } = request;
  // On first use, as node:http.
  const { connect: connectTls } = await import("node:tls");
  const servername = tls.servername ?? endpoint.host;
  const secure = connectTls({
    ...tls,
    socket,
    host: servername,
    ...(isIP(servername) === 0 && { servername }),
    rejectUnauthorized: false,
  });
  secure.on("error", () => {});
  await once(secure, "secureConnect", { signal });
  const expiry = earliestExpiry(secure);
  report.set("probe_ssl_earliest_cert_expiry", expiry);
  report.set("probe_ssl_certificate_days_left", (expiry - nowSeconds) / DAY_SECONDS);
  report.set("probe_tls_version_info", 1, `version="${(secure.getProtocol() ?? "").replace("TLSv", "TLS ")}"`);
  if (secure.authorized || tls.rejectUnauthorized === false) return secure;
  secure.destroy();
  const problem = PROBLEMS[String(secure.authorizationError)] ?? String(secure.authorizationError);
  throw new CollectFailure("invalid", `the certificate of ${hostAndPort(endpoint)} is not valid: ${problem}`);
}

/** Codes of OpenSSL that operators meet. */
const PROBLEMS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: "it has expired",
  CERT_NOT_YET_VALID: "it is not valid yet",
  DEPTH_ZERO_SELF_SIGNED_CERT: "it is self-signed; ca_file of a profile can name it",
  SELF_SIGNED_CERT_IN_CHAIN: "its authority is unknown; ca_file of a profile can name it",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its authority is unknown; ca_file of a profile can name it",
  ERR_TLS_CERT_ALTNAME_INVALID: "it is for another name",
};

/** Of the certificates that the server sent, seconds since 1970. */
function earliestExpiry(socket: TLSSocket): number {
  let earliest = Number.POSITIVE_INFINITY;
  let certificate = socket.getPeerX509Certificate();
  for (let depth = 0; certificate !== undefined && depth < CHAIN_MAX; depth++) {
    earliest = Math.min(earliest, certificate.validToDate.getTime() / 1000);
    certificate = certificate.issuerCertificate;
  }
  return Number.isFinite(earliest) ? earliest : 0;
}

const CHAIN_MAX = 20;

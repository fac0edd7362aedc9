/** No response: connection refused, unknown host, connection lost, or timeout. `address` has neither user nor token. */
export class UnreachableError extends Error {
  readonly address: string;
  /** The reason without the address: `connection refused`. */
  readonly reason: string;

  constructor(address: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`no answer from ${address}: ${reason}`, { cause });
    this.name = "UnreachableError";
    this.address = address;
    this.reason = reason;
  }
}

const REASONS: Record<string, string> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection broken off",
  ENOTFOUND: "unknown host name",
  EAI_AGAIN: "the host name cannot be looked up now",
  EHOSTUNREACH: "no route to the host",
  ENETUNREACH: "no route to the network",
  ETIMEDOUT: "timed out",
  UND_ERR_SOCKET: "connection broken off",
  UND_ERR_CONNECT_TIMEOUT: "timed out while connecting",
  UND_ERR_HEADERS_TIMEOUT: "timed out",
  UND_ERR_BODY_TIMEOUT: "timed out",
  UND_ERR_RES_EXCEEDED_MAX_SIZE: "the answer is too large",
};

function reasonOf(cause: unknown): string {
  if (typeof cause !== "object" || cause === null) return String(cause);
  if ("name" in cause && cause.name === "TimeoutError") return "timed out";
  if ("code" in cause && typeof cause.code === "string" && cause.code in REASONS) return REASONS[cause.code] as string;
  return "message" in cause && typeof cause.message === "string" ? cause.message : "unknown failure";
}

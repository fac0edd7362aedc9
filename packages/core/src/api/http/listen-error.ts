import { CloudMonitorError, codeOf, messageOf } from "../../model/errors.ts";

/** The error of listen(), with what was found, what was wanted, and what to do. */
export function listenError(error: unknown, host: string, port: number): CloudMonitorError {
  return new CloudMonitorError("LISTEN_FAILED", sentence(error, host, port), { cause: error });
}

function sentence(error: unknown, host: string, port: number): string {
  const place = `${host}:${port}`;
  switch (codeOf(error) ?? "") {
    case "EADDRINUSE":
      return `another process listens on ${place}; stop it, or choose another HTTP_PORT`;
    case "EACCES":
      return `port ${port} of ${host} needs privileges that this process does not have; choose an HTTP_PORT from 1024 on`;
    case "EADDRNOTAVAIL":
      return `${host} is not an address of this machine; set HTTP_HOST to one of them, or to 127.0.0.1`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${host} is not an address and resolves to none; set HTTP_HOST to an address of this machine`;
    default:
      return `cannot listen on ${place} (${messageOf(error)}); check HTTP_HOST and HTTP_PORT`;
  }
}

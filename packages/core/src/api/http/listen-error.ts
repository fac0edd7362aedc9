import { CloudMonitorError, codeOf, messageOf } from "../../model/errors.ts";
import { formatListenAddress } from "../../model/setting/values/listen-addresses.ts";
import type { ListenAddress } from "../../model/setting/values/listen-addresses.ts";

/** The settings of an address, as users know them. */
export interface AddressSettings {
  readonly host: string;
  readonly port: string;
}

/** The error of listen(), with what was found, what was wanted, and what to do. */
export function listenError(error: unknown, address: ListenAddress, settings: AddressSettings): CloudMonitorError {
  return new CloudMonitorError("LISTEN_FAILED", sentence(error, address, settings), { cause: error });
}

function sentence(error: unknown, address: ListenAddress, settings: AddressSettings): string {
  const { host, port } = address;
  const place = formatListenAddress(address);
  switch (codeOf(error) ?? "") {
    case "EADDRINUSE":
      return `another process listens on ${place}; stop it, or choose another ${settings.port}`;
    case "EACCES":
      return `port ${port} of ${host} needs privileges that this process does not have; choose one from 1024 on in ${settings.port}`;
    case "EADDRNOTAVAIL":
      return `${host} is not an address of this machine; set ${settings.host} to one of them, or to 127.0.0.1`;
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `${host} is not an address and resolves to none; set ${settings.host} to an address of this machine`;
    default:
      return `cannot listen on ${place} (${messageOf(error)}); check ${settings.host === settings.port ? settings.host : `${settings.host} and ${settings.port}`}`;
  }
}

import { isLoopback } from "../platform/loopback.ts";

const NAME_AND_PORT = /^(?<name>\[[0-9a-f:.]+\]|[^:[\]]+)(?::[0-9]{1,5})?$/i;
const NAMES_OF_LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/**
 * Whether a daemon bound to `boundHost` accepts this Host header. On a loopback address only this machine's own names are
 * accepted: a foreign page whose DNS name was rebound to 127.0.0.1 sends its own name, and is refused.
 */
export function isHostAllowed(hostHeader: string | undefined, boundHost: string): boolean {
  if (!isLoopback(boundHost)) return true;
  const name = NAME_AND_PORT.exec(hostHeader ?? "")?.groups?.["name"]?.toLowerCase();
  return name !== undefined && (NAMES_OF_LOOPBACK.has(name) || name === boundHost.toLowerCase());
}

import type { ErrorDetail } from "../model/errors.ts";
import { isLoopback } from "../platform/loopback.ts";
import type { LoadedConfig } from "./loaded-config.ts";
import type { ConfigPath } from "./setting.ts";

/**
 * Problems between several settings. `unsound` settings have a value that was rejected: since the intended value is
 * unknown, they are not checked here.
 */
export function crossCheck(
  loaded: Pick<LoadedConfig, "config" | "origins">,
  unsound: ReadonlySet<ConfigPath>,
): readonly ErrorDetail[] {
  const { config, origins } = loaded;
  if (unsound.has("http.apiToken") || unsound.has("http.insecureNoAuth")) return [];
  const { host, apiToken, insecureNoAuth } = config.http;
  if (isLoopback(host) || apiToken !== null || insecureNoAuth) return [];
  return [
    {
      where: origins.get("http.host") ?? "http.host",
      message:
        `found the address ${host}, which others can reach, without a token; wanted a token or a loopback address: ` +
        "set API_TOKEN or API_TOKEN_FILE (openssl rand -hex 32 makes one), listen on 127.0.0.1, " +
        "or pass --insecure-no-auth to let everyone in",
    },
  ];
}

import { accessSync, constants, existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

/**
 * npm and pnpm keep their caches in HOME; where that is not writable (service users), these variables move them into the
 * checkout.
 */
export function cachesFor(root, home = homedir()) {
  const used = [home, join(home, ".npm"), join(home, ".cache"), join(home, ".local/share")].filter(existsSync);
  if (existsSync(home) && used.every(isWritable)) return {};
  const cache = join(root, ".cache");
  return {
    npm_config_cache: join(cache, "npm"),
    pnpm_config_store_dir: join(cache, "pnpm-store"),
    XDG_CACHE_HOME: join(cache, "xdg-cache"),
    XDG_CONFIG_HOME: join(cache, "xdg-config"),
    XDG_DATA_HOME: join(cache, "xdg-data"),
    XDG_STATE_HOME: join(cache, "xdg-state"),
  };
}

function isWritable(path) {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

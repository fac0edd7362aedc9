import { describe, expect, it } from "@jest/globals";
import { diffConfig } from "./diff-config.ts";
import { loadConfig } from "./load-config.ts";

async function config(...argv: string[]) {
  const { config: loaded } = await loadConfig({ argv, env: {}, cwd: "/", readFile: readNothingButToken });
  return loaded;
}

function readNothingButToken(path: string) {
  return path.startsWith("/token") ? { text: path.padEnd(20, "x"), mode: 0o600 } : null;
}

describe("a reload", () => {
  it("changes nothing when the files are the same", async () => {
    expect(diffConfig(await config(), await config())).toEqual({ live: [], restart: [] });
  });

  it("distinguishes what takes effect at once from what needs a restart", async () => {
    const before = await config();
    const after = await config("--log-level=debug", "--http-port=0", "--collector.diskstats.device-exclude=^sd");

    const { live, restart } = diffConfig(before, after);

    expect(live).toEqual([{ key: "log.level", from: "info", to: "debug" }]);
    expect(restart.map(({ key }) => key)).toEqual(["http.port", "host.diskDevicesExclude"]);
  });

  it("names a changed secret without showing it", async () => {
    const before = await config("--http-api-token-file=token-1");
    const after = await config("--http-api-token-file=token-2");

    expect(diffConfig(before, after).live).toEqual([{ key: "http.apiToken", from: "***", to: "***" }]);
  });
});

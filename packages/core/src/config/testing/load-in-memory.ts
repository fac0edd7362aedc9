import { isCloudMonitorError } from "../../model/errors.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import { loadConfig } from "../load-config.ts";
import type { LoadedConfig } from "../loaded-config.ts";

/** For tests: the contents of the sources. Files are in the working folder `/work-folder`, with mode 0600 unless given. */
export interface GivenSources {
  readonly argv?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly files?: Readonly<Record<string, string | { readonly text: string; readonly mode: number }>>;
}

/** Loads a configuration from only these sources. */
export function loadInMemory({ argv = [], env = {}, files = {} }: GivenSources = {}): Promise<LoadedConfig> {
  const readFile = (path: string) => {
    const file = files[path.replace(/^\/work-folder\//, "")];
    return typeof file === "string" ? { text: file, mode: 0o600 } : (file ?? null);
  };
  return loadConfig({ argv, env, cwd: "/work-folder", readFile });
}

/** The problems found by loading; throws when there are none. */
export async function problemsInMemory(given: GivenSources): Promise<readonly ErrorDetail[]> {
  const error: unknown = await loadInMemory(given).then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (isCloudMonitorError(error) && error.code === "CONFIG_INVALID") return error.details;
  throw new Error("wanted CONFIG_INVALID", { cause: error });
}

import { dirname, resolve } from "node:path";
import type { ErrorDetail } from "../../model/errors.ts";
import { messageOf } from "../../model/errors.ts";
import type { ProbeModule, TargetDefinitions, TargetProfile } from "../../model/target-definitions.ts";
import { BUILT_IN_MODULES } from "../../model/target-definitions.ts";
import { isExposed } from "../../platform/read-small-file.ts";
import type { ReadFile } from "../../platform/read-small-file.ts";
import { problemOfHostEntry } from "../../platform/host-list.ts";
import { readCheckedYaml } from "../checked-yaml.ts";
import type { CheckedYaml } from "../checked-yaml.ts";
import { TargetsSchema } from "./targets-schema.ts";

/**
 * Reads the file of profiles and modules. Adds what is wrong with it, and with the files that it names, to `problems`.
 * Relative paths are relative to its folder.
 */
export async function readTargets(
  path: string,
  readFile: ReadFile,
  problems: ErrorDetail[],
): Promise<TargetDefinitions | null> {
  const text = textOf(path, readFile);
  if (typeof text !== "string") {
    problems.push({ where: path, message: text.problem });
    return null;
  }
  const checked = await readCheckedYaml(text, path, TargetsSchema);
  problems.push(...checked.problems);
  if (checked.problems.length > 0) return null;
  const { profiles = {}, modules = {} } = camelCased(checked.value ?? {}) as Partial<FileContent>;
  const context: Context = { folder: dirname(path), readFile, problems, placeOf: checked.placeOf };
  return {
    profiles: mapped(profiles, (name, profile) => profileOf(profile, ["profiles", name], context)),
    modules: {
      ...BUILT_IN_MODULES,
      ...mapped(modules, (name, module) => moduleOf(module, ["modules", name], context)),
    },
  };
}

interface FileContent {
  readonly profiles: Readonly<Record<string, Partial<TargetProfile>>>;
  readonly modules: Readonly<Record<string, Omit<ProbeModule, "timeoutMs"> & { readonly timeout?: string }>>;
}

interface Context {
  readonly folder: string;
  readonly readFile: ReadFile;
  readonly problems: ErrorDetail[];
  readonly placeOf: CheckedYaml["placeOf"];
}

function profileOf(given: Partial<TargetProfile>, path: readonly (string | number)[], context: Context): TargetProfile {
  const { bearerTokenFile, basicAuth, tlsConfig, hosts = [] } = given;
  const problem = (key: string, message: string) =>
    context.problems.push({ where: context.placeOf([...path, key]), message });
  const file = (key: string, name: string, isSecret: boolean) => {
    const absolute = resolve(context.folder, name);
    const unusable = problemOfFile(absolute, context.readFile, isSecret);
    if (unusable !== null) problem(key, unusable);
    return absolute;
  };
  const hasCredentials = bearerTokenFile !== undefined || basicAuth !== undefined || tlsConfig?.certFile !== undefined;
  if (bearerTokenFile !== undefined && basicAuth !== undefined)
    problem("basic_auth", "bearer_token_file gives credentials too; leave one of the two out");
  if ((tlsConfig?.certFile === undefined) !== (tlsConfig?.keyFile === undefined))
    problem("tls_config", "cert_file and key_file belong together; one of them is missing");
  if (hasCredentials && hosts.length === 0)
    problem(
      "hosts",
      'is missing: a profile with credentials names the hosts that may receive them, such as "*.example.com"',
    );
  hosts.forEach((entry, index) => {
    const wanted = problemOfHostEntry(entry);
    if (wanted !== null)
      context.problems.push({ where: context.placeOf([...path, "hosts", index]), message: `must be ${wanted}` });
  });
  return {
    ...given,
    hosts,
    ...(bearerTokenFile !== undefined && { bearerTokenFile: file("bearer_token_file", bearerTokenFile, true) }),
    ...(basicAuth && { basicAuth: { ...basicAuth, passwordFile: file("basic_auth", basicAuth.passwordFile, true) } }),
    ...(tlsConfig && {
      tlsConfig: {
        ...tlsConfig,
        ...(tlsConfig.caFile !== undefined && { caFile: file("tls_config", tlsConfig.caFile, false) }),
        ...(tlsConfig.certFile !== undefined && { certFile: file("tls_config", tlsConfig.certFile, false) }),
        ...(tlsConfig.keyFile !== undefined && { keyFile: file("tls_config", tlsConfig.keyFile, true) }),
      },
    }),
  };
}

function moduleOf(given: FileContent["modules"][string], path: readonly string[], context: Context): ProbeModule {
  const { timeout, ...module } = given;
  const foreign = (["http", "tcp", "dns"] as const).find((key) => key !== module.prober && module[key] !== undefined);
  if (foreign !== undefined)
    context.problems.push({
      where: context.placeOf([...path, foreign]),
      message: `"${foreign}" has no effect: the prober is ${module.prober}`,
    });
  if (module.prober === "dns" && module.dns === undefined)
    context.problems.push({
      where: context.placeOf(path),
      message: '"dns" is missing: wanted at least its query_name',
    });
  return { ...module, ...(timeout !== undefined && { timeoutMs: millisecondsOf(timeout) }) };
}

/** Its form was checked by the schema. */
function millisecondsOf(duration: string): number {
  return Math.round(Number.parseFloat(duration) * (duration.endsWith("ms") ? 1 : 1_000));
}

function problemOfFile(path: string, readFile: ReadFile, isSecret: boolean): string | null {
  try {
    const file = readFile(path);
    if (file === null) return `no such file: ${path}`;
    if (!isSecret || !isExposed(path, file.mode)) return null;
    return `${path} contains a secret and is readable by everyone; chmod o-r ${path}`;
  } catch (error) {
    return `${path}: ${messageOf(error)}`;
  }
}

function textOf(path: string, readFile: ReadFile): string | { readonly problem: string } {
  try {
    return readFile(path)?.text ?? { problem: "no such file" };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

function mapped<From, To>(record: Readonly<Record<string, From>>, convert: (name: string, value: From) => To) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, convert(name, value)]));
}

/** Keys of the file, `query_name`, as those of TargetDefinitions; the users' own names are unchanged. */
function camelCased(value: unknown, isNamed = false): unknown {
  if (Array.isArray(value)) return value;
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      isNamed ? key : key.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      key === "headers" ? each : camelCased(each, !isNamed && (key === "profiles" || key === "modules")),
    ]),
  );
}

import type { ErrorDetail } from "../../model/errors.ts";
import { didYouMean } from "../did-you-mean.ts";
import type { GivenValue, SourceFile, SourceReading } from "../given-value.ts";
import { environmentNamesOf } from "../setting.ts";
import type { Setting } from "../setting.ts";
import { SETTINGS } from "../settings.ts";

/** Names the YAML file; the only variable of ours that is no setting. */
export const CONFIG_FILE_VARIABLE = "CLOUD_MONITOR_CONFIG";

export interface Variable {
  readonly value: string;
  readonly place: string;
}

/** The variables of one source: the process's environment or `.env`. Empty ones count as not given. */
export interface Variables {
  readonly byName: ReadonlyMap<string, Variable>;
  readonly heldIn?: SourceFile;
}

/** Finds the settings among variables; unknown ones that begin like ours are problems, all others are none of our business. */
export function readVariables(variables: Variables): SourceReading {
  const values: GivenValue[] = [];
  const problems: ErrorDetail[] = [];
  for (const setting of SETTINGS) {
    const names = environmentNamesOf(setting);
    const direct = firstGiven(variables, names);
    const file = setting.secret ? firstGiven(variables, names.map(fileNameOf)) : undefined;
    const given = direct ?? file;
    if (given === undefined) continue;
    if (direct !== undefined && file !== undefined) problems.push(givenTwice(direct, file));
    const heldIn = variables.heldIn === undefined ? {} : { heldIn: variables.heldIn };
    values.push({ setting, text: given.value, place: given.place, isFile: direct === undefined, ...heldIn });
  }
  return { values, problems: [...problems, ...unknownVariables(variables)] };
}

/** The variables of the process, without the empty ones. */
export function processVariables(env: Readonly<Record<string, string | undefined>>): Variables {
  const given = Object.entries(env).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return { byName: new Map(given.map(([name, value]) => [name, { value, place: `environment ${name}` }])) };
}

/** Every environment name of a setting, those of files included. */
export function allEnvironmentNamesOf(setting: Setting): readonly string[] {
  const names = environmentNamesOf(setting);
  return setting.secret ? [...names, ...names.map(fileNameOf)] : names;
}

function firstGiven(variables: Variables, names: readonly string[]): Variable | undefined {
  return names.map((name) => variables.byName.get(name)).find((variable) => variable !== undefined);
}

function fileNameOf(name: string): string {
  return `${name}_FILE`;
}

function givenTwice(direct: Variable, file: Variable): ErrorDetail {
  return { where: file.place, message: `${direct.place} gives the same setting; leave one of the two out` };
}

function unknownVariables(variables: Variables): ErrorDetail[] {
  const known = [CONFIG_FILE_VARIABLE, ...SETTINGS.flatMap(allEnvironmentNamesOf)];
  const ours = known.filter((name) => name.startsWith("CLOUD_MONITOR_"));
  return [...variables.byName]
    .filter(
      ([name, { value }]) => name.startsWith("CLOUD_MONITOR_") && !known.includes(name) && !isNoSetting(name, value),
    )
    .map(([name, { place }]) => ({ where: place, message: `unknown variable${didYouMean(name, ours)}` }));
}

/** Descriptors that our own programs hand to each other, variables of our tests, and what Kubernetes makes of services. */
function isNoSetting(name: string, value: string): boolean {
  return name.endsWith("_FD") || name.startsWith("CLOUD_MONITOR_TEST_") || isServiceLink(name, value);
}

/** Kubernetes gives every pod variables named after each service near it, so one for a service called `cloud-monitor`. */
function isServiceLink(name: string, value: string): boolean {
  if (/_SERVICE_(?:HOST|PORT(?:_[A-Z0-9_]+)?)$/.test(name)) return true;
  if (/_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name)) return true;
  return name.endsWith("_PORT") && /^(?:tcp|udp|sctp):\/\//.test(value);
}

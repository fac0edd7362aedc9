import { availableParallelism, hostname } from "node:os";
import { resolve } from "node:path";
import { CloudMonitorError, messageOf } from "../model/errors.ts";
import type { ErrorDetail } from "../model/errors.ts";
import { NO_DEFINITIONS } from "../model/target-definitions.ts";
import { assembleConfig } from "./assemble-config.ts";
import { readDiscovery } from "./discovery/read-discovery.ts";
import { parseCommandLine } from "./sources/command-line.ts";
import { crossCheck } from "./cross-check.ts";
import { readDotenv } from "./sources/dotenv-source.ts";
import { CONFIG_FILE_VARIABLE, processVariables, readVariables } from "./sources/environment-source.ts";
import type { Variables } from "./sources/environment-source.ts";
import type { GivenValue, SourceReading } from "./given-value.ts";
import type { LoadedConfig } from "./loaded-config.ts";
import { parseGiven } from "./parse-given.ts";
import type { ParsedValue } from "./parse-given.ts";
import { databaseFromPostgresVariables } from "./sources/postgres-variables.ts";
import { readSmallFile } from "../platform/read-small-file.ts";
import type { ReadFile, SmallFile } from "../platform/read-small-file.ts";
import type { Setting } from "./setting.ts";
import { readTargets } from "./targets/read-targets.ts";
import { readYaml } from "./sources/yaml-source.ts";

export interface ConfigInput {
  /** The arguments after the program's name. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute working folder: the location of `.env` and `cloud-monitor.yaml`, and the base of relative paths. */
  readonly cwd: string;
  readonly readFile?: ReadFile;
}

/**
 * Reads every source: flag > environment > `.env` > YAML > default. Overridden values are checked, too.
 * Throws one `CONFIG_INVALID` whose details are all problems with their locations. No message repeats a secret.
 */
export async function loadConfig(input: ConfigInput): Promise<LoadedConfig> {
  const problems: ErrorDetail[] = [];
  const given = await readSources(input, problems);
  const parsed = firstOfEach(parseAll(given, input, problems));
  const facts = {
    hostName: hostname(),
    cores: availableParallelism(),
    // Empty variables count as not set, but for the C library an empty TZ is UTC.
    systemTimeZone: input.env["TZ"] === "" ? "UTC0" : "/etc/localtime",
    cwd: input.cwd,
  };
  const loaded = assembleConfig(parsed, facts);
  const unsound = given.filter(({ setting }) => !parsed.has(setting)).map(({ setting }) => setting.at);
  problems.push(...crossCheck(loaded, new Set(unsound)));
  const { file } = loaded.config.targets;
  const readFile = input.readFile ?? readSmallFile;
  const targets = file === null ? NO_DEFINITIONS : await readTargets(file, readFile, problems);
  const { discoveryFile } = loaded.config.instances;
  const jobs =
    discoveryFile === null
      ? []
      : await readDiscovery(discoveryFile, { readFile, problems, definitions: targets ?? NO_DEFINITIONS });
  if (problems.length > 0 || targets === null) throw configInvalid(problems);
  return { ...loaded, targets, jobs };
}

const DEFAULT_FILE = "cloud-monitor.yaml";

/** All given values, by precedence of their sources, highest first. */
async function readSources(input: ConfigInput, problems: ErrorDetail[]): Promise<readonly GivenValue[]> {
  const commandLine = parseCommandLine(input.argv);
  const environment = processVariables(input.env);
  const dotenvFile = readOrReport(input, ".env", problems);
  const { problems: dotenvProblems, ...dotenv } = readDotenv(dotenvFile, ".env");
  const readings: SourceReading[] = [
    commandLine,
    readVariables(environment),
    readVariables(dotenv),
    { values: [], problems: dotenvProblems },
    await readConfigFile(input, { commandLine, variables: [environment, dotenv], problems }),
  ];
  for (const reading of readings) problems.push(...reading.problems);
  const values = readings.flatMap((reading) => reading.values);
  const isPostgres = values.find(({ setting }) => setting.at === "storage.kind")?.text.trim() === "postgres";
  const database = isPostgres ? databaseFromPostgresVariables([environment, dotenv]) : null;
  const hasAddress = values.some(({ setting }) => setting.at === "storage.databaseUrl");
  return database === null || hasAddress ? values : [...values, database];
}

interface ConfigFileRequest {
  readonly commandLine: { readonly configFile: string | null };
  readonly variables: readonly Variables[];
  readonly problems: ErrorDetail[];
}

async function readConfigFile(input: ConfigInput, request: ConfigFileRequest): Promise<SourceReading> {
  const variable = request.variables
    .map((one) => one.byName.get(CONFIG_FILE_VARIABLE))
    .find((one) => one !== undefined);
  const named = request.commandLine.configFile ?? variable?.value ?? null;
  const path = named ?? DEFAULT_FILE;
  const before = request.problems.length;
  const file = readOrReport(input, path, request.problems);
  if (file !== null) return readYaml(file, path);
  if (named !== null && request.problems.length === before) {
    request.problems.push({ where: path, message: "no such file" });
  }
  return { values: [], problems: [] };
}

function readOrReport(input: ConfigInput, path: string, problems: ErrorDetail[]): SmallFile | null {
  try {
    return (input.readFile ?? readSmallFile)(resolve(input.cwd, path));
  } catch (error) {
    problems.push({ where: path, message: messageOf(error) });
    return null;
  }
}

function parseAll(given: readonly GivenValue[], input: ConfigInput, problems: ErrorDetail[]): readonly ParsedValue[] {
  const context = { cwd: input.cwd, readFile: input.readFile ?? readSmallFile };
  return given.flatMap((one) => {
    const outcome = parseGiven(one, context);
    problems.push(...outcome.problems);
    return outcome.parsed;
  });
}

function firstOfEach(values: readonly ParsedValue[]): ReadonlyMap<Setting, ParsedValue> {
  // Lowest precedence first, so that the highest is written last.
  return new Map(values.toReversed().map((value) => [value.setting, value]));
}

function configInvalid(problems: readonly ErrorDetail[]): CloudMonitorError {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  return new CloudMonitorError("CONFIG_INVALID", `the configuration has ${count}; correct it and start again`, {
    details: problems,
  });
}

import { basename, dirname } from "node:path";
import type { DiscoveryJob, RelabelConfig } from "../../model/discovery-jobs.ts";
import { RELABEL_DEFAULTS } from "../../model/discovery-jobs.ts";
import type { ErrorDetail } from "../../model/errors.ts";
import { messageOf } from "../../model/errors.ts";
import { INSTANCE_LIMITS } from "../../model/instance.ts";
import type { TargetDefinitions } from "../../model/target-definitions.ts";
import type { ReadFile } from "../../platform/read-small-file.ts";
import { readCheckedYaml } from "../checked-yaml.ts";
import type { CheckedYaml } from "../checked-yaml.ts";
import { DiscoverySchema } from "./discovery-schema.ts";
import type { DiscoveryFile, RelabelGiven, ScrapeConfig } from "./discovery-schema.ts";
import { findersOf, millisecondsOf } from "./finders-of.ts";

/** Reserved by the file of instances. */
const FILE_SOURCE = "file";

/**
 * Reads the file of scrape configurations. Adds what is wrong with it to `problems`. Relative paths are relative to its
 * folder.
 */
export async function readDiscovery(
  path: string,
  { definitions, problems, readFile }: DiscoveryContext,
): Promise<readonly DiscoveryJob[]> {
  let text: string | undefined;
  try {
    text = readFile(path)?.text;
  } catch (error) {
    problems.push({ where: path, message: messageOf(error) });
    return [];
  }
  if (text === undefined) {
    problems.push({ where: path, message: "no such file" });
    return [];
  }
  const checked = await readCheckedYaml(text, path, DiscoverySchema);
  problems.push(...checked.problems);
  if (checked.problems.length > 0) return [];
  const { scrape_configs: configs } = checked.value as DiscoveryFile;
  const found = await Promise.all(
    configs.map((config, index) => problemsOf(config, { index, configs, checked, definitions })),
  );
  problems.push(...found.flat());
  return configs.map((config) => jobOf(config, dirname(path)));
}

export interface DiscoveryContext {
  readonly readFile: ReadFile;
  readonly problems: ErrorDetail[];
  /** The profiles and modules that jobs name. */
  readonly definitions: TargetDefinitions;
}

interface Context extends Pick<DiscoveryContext, "definitions"> {
  readonly index: number;
  readonly configs: readonly ScrapeConfig[];
  readonly checked: CheckedYaml;
}

async function problemsOf(
  config: ScrapeConfig,
  { checked, configs, definitions, index }: Context,
): Promise<ErrorDetail[]> {
  const problems: ErrorDetail[] = [];
  const report = (key: string | number, message: string, ...more: (string | number)[]) =>
    problems.push({ where: checked.placeOf(["scrape_configs", index, key, ...more]), message });
  const isTwice = configs.findIndex(({ job_name }) => job_name === config.job_name) < index;
  if (isTwice) report("job_name", `the job ${config.job_name} again`);
  if (config.job_name === FILE_SOURCE) report("job_name", `"${FILE_SOURCE}" is the source of INSTANCES_FILE`);
  const { module = null, profile = null } = config;
  if (module !== null && !Object.hasOwn(definitions.modules, module)) report("module", `no module is named ${module}`);
  if (profile !== null && !Object.hasOwn(definitions.profiles, profile))
    report("profile", `no profile is named ${profile}`);
  const seconds = secondsOf(config);
  if (seconds !== null && !isInterval(seconds))
    report("scrape_interval", "an instance is collected every 1s to 1d, in whole seconds");
  for (const key of WITH_PROFILE) {
    for (const [at, { profile: ofSource = null }] of (config[key] ?? []).entries()) {
      if (ofSource !== null && !Object.hasOwn(definitions.profiles, ofSource))
        report(key, `no profile is named ${ofSource}`, at);
    }
  }
  if (config.module !== undefined && config.kind !== "probe") report("module", "only a job of kind probe has a module");
  for (const [at, rule] of (config.relabel_configs ?? []).entries()) {
    const problem = await problemOfRule(relabelOf(rule));
    if (problem !== null) report("relabel_configs", problem, at);
  }
  for (const [at, { files }] of (config.file_sd_configs ?? []).entries()) {
    // As in Prometheus, so that both read the same files.
    const wrong = files.find((file) => !/^[^*]*(?:\*[^/]*)?\.(?:json|yml|yaml)$/i.test(basename(file)));
    if (wrong !== undefined) report("file_sd_configs", "files must end with .json, .yml or .yaml", at);
  }
  for (const [at, { role, selectors = [] }] of (config.kubernetes_sd_configs ?? []).entries()) {
    if (selectors.some((selector) => selector.role !== role))
      report("kubernetes_sd_configs", "the selector must have the role of the configuration", at);
  }
  for (const [at, { port, type = "SRV" }] of (config.dns_sd_configs ?? []).entries()) {
    if (type !== "SRV" && port === undefined) report("dns_sd_configs", `${type} records need a port`, at);
  }
  return problems;
}

const WITH_PROFILE = [
  "http_sd_configs",
  "consul_sd_configs",
  "etcd_sd_configs",
  "kubernetes_sd_configs",
  "scaleway_sd_configs",
] as const;

/** What Prometheus refuses, too. */
async function problemOfRule({ action, modulus, regex, targetLabel }: RelabelConfig): Promise<string | null> {
  const needsTarget = ["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"].includes(action);
  if (needsTarget && targetLabel === "") return `the action ${action} needs a target_label`;
  if (action === "hashmod" && modulus === 0) return "the action hashmod needs a modulus";
  try {
    const { RE2JS } = await import("re2js");
    RE2JS.compile(`^(?s:${regex})$`);
  } catch (error) {
    return `"regex" is not a regular expression that RE2 accepts: ${messageOf(error)}`;
  }
  return null;
}

function jobOf(config: ScrapeConfig, folder: string): DiscoveryJob {
  return {
    name: config.job_name,
    kind: config.kind ?? "scrape",
    module: config.module ?? null,
    profile: config.profile ?? null,
    intervalSeconds: secondsOf(config),
    scheme: config.scheme ?? "http",
    metricsPath: config.metrics_path ?? "/metrics",
    params: config.params ?? {},
    relabelConfigs: (config.relabel_configs ?? []).map(relabelOf),
    finders: findersOf(config, folder),
  };
}

function secondsOf({ scrape_interval: interval }: ScrapeConfig): number | null {
  return interval === undefined ? null : millisecondsOf(interval) / 1000;
}

function isInterval(seconds: number): boolean {
  const { intervalSecondsMax, intervalSecondsMin } = INSTANCE_LIMITS;
  return Number.isInteger(seconds) && seconds >= intervalSecondsMin && seconds <= intervalSecondsMax;
}

function relabelOf(given: RelabelGiven): RelabelConfig {
  return {
    action: given.action ?? RELABEL_DEFAULTS.action,
    sourceLabels: given.source_labels ?? RELABEL_DEFAULTS.sourceLabels,
    separator: given.separator ?? RELABEL_DEFAULTS.separator,
    regex: given.regex ?? RELABEL_DEFAULTS.regex,
    modulus: given.modulus ?? RELABEL_DEFAULTS.modulus,
    targetLabel: given.target_label ?? RELABEL_DEFAULTS.targetLabel,
    replacement: given.replacement ?? RELABEL_DEFAULTS.replacement,
  };
}

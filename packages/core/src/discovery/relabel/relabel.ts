import { createHash } from "node:crypto";
import type { RelabelConfig } from "../../model/discovery-jobs.ts";
import { RELABEL_DEFAULTS } from "../../model/discovery-jobs.ts";
import { expand, GoPattern } from "./go-pattern.ts";
import type { GoMatch } from "./go-pattern.ts";

/** Labels by name. A label without a value does not exist. */
export type LabelSet = Map<string, string>;

/** One rule: changes the labels, or returns false to drop the target. */
type Rule = (labels: LabelSet) => boolean;

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

/** The rules of `relabel_configs`, applied one after the other. See the configuration reference of Prometheus, `relabel_config`. */
export class Relabelling {
  readonly #rules: readonly Rule[];

  private constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** Rejects with the first problem. */
  static async of(configs: readonly RelabelConfig[]): Promise<Relabelling> {
    const rules: Rule[] = [];
    for (const config of configs) rules.push(await ruleOf(config));
    return new Relabelling(rules);
  }

  /** Changes the labels; false when the target is dropped. */
  apply(labels: LabelSet): boolean {
    return this.#rules.every((rule) => rule(labels));
  }
}

async function ruleOf(config: RelabelConfig): Promise<Rule> {
  const { action, replacement, targetLabel } = config;
  // Matches everything: no pattern is needed.
  const pattern = config.regex === RELABEL_DEFAULTS.regex ? null : await GoPattern.compile(config.regex);
  const matches = (text: string) => pattern === null || pattern.matches(text);
  const value = (labels: LabelSet) => valueOf(labels, config);
  switch (action) {
    case "replace":
      return (labels) => replace(labels, { config, match: matchOf(pattern, value(labels)) });
    case "keep":
      return (labels) => matches(value(labels));
    case "drop":
      return (labels) => !matches(value(labels));
    case "keepequal":
      return (labels) => (labels.get(targetLabel) ?? "") === value(labels);
    case "dropequal":
      return (labels) => (labels.get(targetLabel) ?? "") !== value(labels);
    case "hashmod":
      return (labels) => set(labels, targetLabel, String(hashOf(value(labels)) % BigInt(config.modulus)));
    case "lowercase":
      return (labels) => set(labels, targetLabel, value(labels).toLowerCase());
    case "uppercase":
      return (labels) => set(labels, targetLabel, value(labels).toUpperCase());
    case "labelmap":
      return (labels) => {
        for (const [name, text] of Array.from(labels)) {
          const match = matchOf(pattern, name);
          if (match !== null) set(labels, expand(replacement, match), text);
        }
        return true;
      };
    case "labeldrop":
      return (labels) => removeNames(labels, matches);
    case "labelkeep":
      return (labels) => removeNames(labels, (name) => !matches(name));
    default: {
      const unreachable: never = action;
      throw new Error(`no such action: ${String(unreachable)}`);
    }
  }
}

function valueOf(labels: LabelSet, { separator, sourceLabels }: RelabelConfig): string {
  return sourceLabels.map((name) => labels.get(name) ?? "").join(separator);
}

function matchOf(pattern: GoPattern | null, text: string): GoMatch | null {
  return pattern === null ? { groups: [text, text], numbers: {} } : pattern.match(text);
}

/** Without a match, or when the template gives no name of a label, nothing changes. */
function replace(labels: LabelSet, { config, match }: { config: RelabelConfig; match: GoMatch | null }): boolean {
  if (match === null) return true;
  const name = expand(config.targetLabel, match);
  return LABEL_NAME.test(name) ? set(labels, name, expand(config.replacement, match)) : true;
}

function set(labels: LabelSet, name: string, value: string): true {
  if (value === "") labels.delete(name);
  else labels.set(name, value);
  return true;
}

function removeNames(labels: LabelSet, isRemoved: (name: string) => boolean): true {
  for (const name of Array.from(labels.keys())) if (isRemoved(name)) labels.delete(name);
  return true;
}

/** The last eight bytes of the MD5 sum, big-endian. */
function hashOf(text: string): bigint {
  return createHash("md5").update(text).digest().readBigUInt64BE(8);
}

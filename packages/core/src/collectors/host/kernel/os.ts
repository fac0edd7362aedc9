import { readFileSync } from "node:fs";
import { join } from "node:path";
import { CloudMonitorError, codeOf } from "../../../model/errors.ts";
import type { InstanceRef, CollectContext, SampleWriter } from "../../../model/collector.ts";
import { labelBlock } from "../../../model/label-text.ts";
import { families } from "../families.ts";
import type { HostCollector, HostCollectorDefinition } from "../host-collector.ts";
import { RereadAfter } from "../kernel-files/reread-after.ts";

/** It changes with an upgrade of the distribution. */
const PERIOD_MS = 60_000;
/** In the order in which os-release(5) says to read them. */
const FILES = ["etc/os-release", "usr/lib/os-release"];
const INFO_LABELS = [
  "build_id",
  "id",
  "id_like",
  "image_id",
  "image_version",
  "name",
  "pretty_name",
  "variant",
  "variant_id",
  "version",
  "version_codename",
  "version_id",
] as const;
const VERSION_LABELS = ["id", "id_like", "name"] as const;

export const OS: HostCollectorDefinition = {
  name: "os",
  families: [
    ...families(
      { type: "gauge", labels: INFO_LABELS },
      { node_os_info: "Always 1; the labels describe the distribution, from os-release." },
    ),
    ...families(
      { type: "gauge", labels: [] },
      { node_os_support_end_timestamp_seconds: "End of the distribution's support, seconds since 1970." },
    ),
    ...families(
      { type: "gauge", labels: VERSION_LABELS },
      { node_os_version: "Version of the distribution as a number, `major.minor`." },
    ),
  ],
  settings: {},
  create: ({ options }) => new OsCollector(options.rootfs),
};

/** The distribution, see os-release(5); a host without such a file has nothing to read. */
export class OsCollector implements HostCollector {
  readonly #release: RereadAfter<OsRelease | null>;

  constructor(rootfs: string) {
    this.#release = new RereadAfter(PERIOD_MS, () => readOsRelease(rootfs));
  }

  collect(_instance: InstanceRef, context: CollectContext, out: SampleWriter): void {
    const release = this.#release.get(context);
    if (release === null) return;
    out.series("node_os_info", release.infoLabels, 1);
    if (release.supportEndSeconds !== null) {
      out.series("node_os_support_end_timestamp_seconds", "", release.supportEndSeconds);
    }
    if (release.version !== null) out.series("node_os_version", release.versionLabels, release.version);
  }
}

export interface OsRelease {
  /** Label blocks. */
  readonly infoLabels: string;
  readonly versionLabels: string;
  readonly version: number | null;
  readonly supportEndSeconds: number | null;
}

function readOsRelease(rootfs: string): OsRelease | null {
  for (const file of FILES) {
    try {
      return osRelease(parseOsRelease(readFileSync(join(rootfs, file), "utf8")));
    } catch (error) {
      if (codeOf(error) !== "ENOENT" && codeOf(error) !== "ENOTDIR") {
        throw new CloudMonitorError("COLLECT_FAILED", `${file} cannot be read: ${codeOf(error)}`, { cause: error });
      }
    }
  }
  return null;
}

/** Assignments as in a shell, with quotes and backslashes; comments and other lines are skipped. */
export function parseOsRelease(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ""] = /^\s*([A-Z][A-Z0-9_]*)=(.*?)\s*$/.exec(line) ?? [];
    if (name === undefined) continue;
    const [, quote, quoted] = /^(["'])(.*)\1$/.exec(value) ?? [];
    const unquoted = quoted ?? value;
    variables.set(name, quote === "'" ? unquoted : unquoted.replaceAll(/\\([\s\S])/g, "$1"));
  }
  return variables;
}

export function osRelease(variables: ReadonlyMap<string, string>): OsRelease {
  const labels = (names: readonly string[]) =>
    labelBlock(Object.fromEntries(names.map((name) => [name, variables.get(name.toUpperCase()) ?? ""])));
  const [version] = /^\d{1,9}(?:\.\d{1,9})?/.exec(variables.get("VERSION_ID") ?? "") ?? [];
  const [day] = /^\d{4}-\d\d-\d\d$/.exec(variables.get("SUPPORT_END") ?? "") ?? [];
  const supportEndMs = day === undefined ? Number.NaN : Date.parse(day);
  return {
    infoLabels: labels(INFO_LABELS),
    versionLabels: labels(VERSION_LABELS),
    version: version === undefined || Number(version) === 0 ? null : Number(version),
    supportEndSeconds: Number.isNaN(supportEndMs) ? null : supportEndMs / 1000,
  };
}

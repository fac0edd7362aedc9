import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./source-tree.ts";

/** Environment variable with which global-setup.ts reports that the bundle is up to date. */
const BUNDLE_IS_CURRENT = "CLOUD_MONITOR_TEST_BUNDLE_IS_CURRENT";

interface Fingerprints {
  bundleFingerprint(root: string): string;
}

/** Checked once per run, so that all suites use the same program. */
export async function lookAtBundle(): Promise<void> {
  const stamp = join(REPOSITORY, "packages/core/dist/.bundle-stamp");
  const script = join(REPOSITORY, "scripts/fingerprint.mjs");
  const fingerprints = (await import(script)) as Fingerprints;
  const isCurrent = existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprints.bundleFingerprint(REPOSITORY);
  process.env[BUNDLE_IS_CURRENT] = String(isCurrent);
}

/**
 * The program to run: the bundle, which starts with a third of the CPU time, if it is up to date, as in `npm test`; else the
 * source.
 */
export function programOf(bundle: string, source: string): readonly string[] {
  const isCurrent = process.env[BUNDLE_IS_CURRENT] === "true";
  return isCurrent ? [join(REPOSITORY, bundle)] : ["--conditions=source", source];
}

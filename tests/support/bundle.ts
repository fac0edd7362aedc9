import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { REPOSITORY } from "./source-tree.ts";

/** Environment variable by which global-setup.ts tells that the bundle was made of these very sources. */
const BUNDLE_IS_CURRENT = "CLOUD_MONITOR_TEST_BUNDLE_IS_CURRENT";

interface Fingerprints {
  bundleFingerprint(root: string): string;
}

/** Looks once a run, so that all of its suites run the same program. */
export async function lookAtBundle(): Promise<void> {
  const stamp = join(REPOSITORY, "packages/core/dist/.bundle-stamp");
  const script = join(REPOSITORY, "scripts/fingerprint.mjs");
  const fingerprints = (await import(script)) as Fingerprints;
  const isCurrent = existsSync(stamp) && readFileSync(stamp, "utf8") === fingerprints.bundleFingerprint(REPOSITORY);
  process.env[BUNDLE_IS_CURRENT] = String(isCurrent);
}

/**
 * What Node is to run: the bundle, which starts with a third of the processor time, where it is current, as `npm test` sees
 * to; else the source.
 */
export function programOf(bundle: string, source: string): readonly string[] {
  const isCurrent = process.env[BUNDLE_IS_CURRENT] === "true";
  return isCurrent ? [join(REPOSITORY, bundle)] : ["--conditions=source", source];
}

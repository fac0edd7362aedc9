import type { InstanceRef } from "../../model/collector.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { InstanceDefinitions } from "../../model/target-definitions.ts";

const NONE: InstanceDefinitions = { profile: null, module: null, undefinedName: null };

/** Throws CollectFailure `failed` when the configuration no longer has what the instance names. */
export function definitionsIn({ definitions = NONE }: InstanceRef): InstanceDefinitions {
  if (definitions.undefinedName === null) return definitions;
  throw new CollectFailure("failed", `${definitions.undefinedName} is not in the daemon's configuration`);
}

import type { Clock } from "../../model/clock.ts";
import type { ProbeModule, TargetProfile } from "../../model/target-definitions.ts";
import type { CredentialFiles } from "../targets/credentials.ts";
import type { Endpoint } from "../targets/endpoint.ts";
import type { TargetConnector } from "../targets/target-connector.ts";
import type { ProbeReport } from "./probe-report.ts";

/** One probe of one target. */
export interface ProbeRequest {
  readonly instanceId: number;
  readonly endpoint: Endpoint;
  readonly module: ProbeModule;
  readonly profile: TargetProfile | null;
  /** Aborted at the deadline: then the probe rejects soon. */
  readonly signal: AbortSignal;
  /** Seconds between two probes of this target. */
  readonly interval: number;
}

/** What all probes of a thread share. */
export interface ProbeContext {
  readonly clock: Clock;
  readonly connector: TargetConnector;
  readonly credentials: CredentialFiles;
}

/**
 * Resolves when the target is as its module wants it. Rejects otherwise, with CollectFailure where the reason is known.
 * What was learned until then is in the report.
 */
export type Probe = (request: ProbeRequest, report: ProbeReport) => Promise<void>;

import type { CollectContext, Collector, InstanceRef, SectionWriter } from "../../model/collector.ts";
import type { CancelTimer, Clock } from "../../model/clock.ts";
import { COLUMN } from "../../model/core-metrics.ts";
import { messageOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { Prober } from "../../model/target-definitions.ts";
import type { TargetRules } from "../../platform/target-judge.ts";
import { connectFailure } from "../targets/connect-failure.ts";
import { CredentialFiles } from "../targets/credentials.ts";
import { definitionsIn } from "../targets/definitions-in.ts";
import { endpointOf, hostAndPort } from "../targets/endpoint.ts";
import { orAborted } from "../targets/or-aborted.ts";
import { TargetConnector } from "../targets/target-connector.ts";
import { dnsProbe } from "./dns-probe.ts";
import { httpProbe } from "./http/http-probe.ts";
import { icmpProbe } from "./icmp/icmp-probe.ts";
import type { Probe, ProbeContext, ProbeRequest } from "./probe.ts";
import { ProbeReport } from "./probe-report.ts";
import { tcpProbe } from "./tcp-probe.ts";

const SECTION = "probe";

/** Probes targets as their modules say, one new connection each time. */
export class ProbeCollector implements Collector {
  readonly name = SECTION;
  readonly #clock: Clock;
  readonly #probes: Readonly<Record<Prober, Probe>>;

  constructor(clock: Clock, rules: TargetRules) {
    this.#clock = clock;
    const connector = new TargetConnector(clock, rules);
    const context: ProbeContext = { clock, connector, credentials: new CredentialFiles(clock) };
    this.#probes = {
      http: httpProbe(context),
      tcp: tcpProbe(context),
      dns: dnsProbe(context),
      icmp: icmpProbe(context),
    };
  }

  async collect(instance: InstanceRef, context: CollectContext, out: SectionWriter): Promise<void> {
    const report = new ProbeReport();
    const failure = await this.#probe(instance, context.signal, report);
    if (context.signal?.aborted) return;
    const seconds = (this.#clock.monotonicMs() - context.monotonicMs) / 1000;
    report.set("probe_success", failure === null ? 1 : 0);
    report.set("probe_duration_seconds", report.latencySeconds ?? seconds);
    report.write(out);
    out.endSection(SECTION);
    if (failure === null) {
      if (report.latencySeconds !== null) out.column(COLUMN.collect_duration_seconds, report.latencySeconds);
      return;
    }
    out.failSection(SECTION, messageOf(failure));
    throw failure;
  }

  async #probe(instance: InstanceRef, outer: AbortSignal | null, report: ProbeReport): Promise<CollectFailure | null> {
    const timeout = new AbortController();
    let cancel: CancelTimer | null = null;
    let where = instance.name;
    const signal = outer === null ? timeout.signal : AbortSignal.any([outer, timeout.signal]);
    try {
      signal.throwIfAborted();
      const request = requestOf(instance, signal);
      where = hostAndPort(request.endpoint);
      const { timeoutMs, prober } = request.module;
      if (timeoutMs !== undefined) cancel = this.#clock.after(timeoutMs, () => timeout.abort());
      await orAborted(this.#probes[prober](request, report), signal);
      return null;
    } catch (error) {
      return connectFailure(where, error, signal);
    } finally {
      cancel?.();
    }
  }
}

/** Throws CollectFailure when the instance and its module do not fit: the configuration has changed since. */
function requestOf(instance: InstanceRef, signal: AbortSignal): ProbeRequest {
  const { module, profile } = definitionsIn(instance);
  if (module === null) throw new CollectFailure("failed", "it has no module");
  const endpoint = endpointOf(instance, module);
  if (typeof endpoint === "string") throw new CollectFailure("failed", `its target must be ${endpoint}`);
  return { instanceId: instance.id, endpoint, module, profile, signal, interval: instance.interval };
}

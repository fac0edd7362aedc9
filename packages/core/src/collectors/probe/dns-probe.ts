import { Resolver } from "node:dns/promises";
import { codeOf } from "../../model/errors.ts";
import { CollectFailure } from "../../model/failure.ts";
import type { DnsModule, DnsRcode } from "../../model/target-definitions.ts";
import { compilePattern } from "../../model/pattern.ts";
import { testPattern } from "../../platform/test-pattern.ts";
import { bracketed } from "../targets/target-url.ts";
import { hostAndPort } from "../targets/endpoint.ts";
import type { Probe, ProbeContext } from "./probe.ts";
import { resolveTarget } from "./resolve-target.ts";

/** Responses without records, as c-ares names them. */
const RCODES: Readonly<Record<string, DnsRcode>> = {
  ENODATA: "NOERROR",
  EFORMERR: "FORMERR",
  ESERVFAIL: "SERVFAIL",
  ENOTFOUND: "NXDOMAIN",
  ENOTIMP: "NOTIMP",
  EREFUSED: "REFUSED",
};

/** Asks a name server for records. */
export function dnsProbe(context: ProbeContext): Probe {
  return async ({ endpoint, module, signal }, report) => {
    const { queryName, queryType = "A", validRcodes = ["NOERROR"], validateAnswerRrs = {} } = module.dns!;
    report.set("probe_dns_query_succeeded", 0);
    report.set("probe_dns_answer_rrs", 0);
    report.beginPhases("probe_dns_duration_seconds", ["resolve", "request"]);
    const startMs = context.clock.monotonicMs();
    const [server] = await resolveTarget(context, endpoint, report);
    const askedMs = context.clock.monotonicMs();
    report.addPhase("probe_dns_duration_seconds", "resolve", (askedMs - startMs) / 1000);
    report.set("probe_ip_protocol", server!.family);
    const { rcode, records } = await ask(`${bracketed(server!.address)}:${endpoint.port}`, {
      queryName,
      queryType,
      signal,
    });
    report.addPhase("probe_dns_duration_seconds", "request", (context.clock.monotonicMs() - askedMs) / 1000);
    report.set("probe_dns_query_succeeded", 1);
    report.set("probe_dns_answer_rrs", records.length);
    const where = hostAndPort(endpoint);
    if (!validRcodes.includes(rcode))
      throw new CollectFailure("invalid", `${where} responds with ${rcode}; wanted ${validRcodes.join(" or ")}`);
    checkRecords(where, records, validateAnswerRrs);
  };
}

interface Question {
  readonly queryName: string;
  readonly queryType: NonNullable<DnsModule["queryType"]>;
  readonly signal: AbortSignal;
}

/** Rejects when the server does not respond. */
async function ask(server: string, { queryName, queryType, signal }: Question): Promise<Answer> {
  const resolver = new Resolver({ tries: 1, timeout: TIMEOUT_MS });
  resolver.setServers([server]);
  const cancel = () => resolver.cancel();
  signal.addEventListener("abort", cancel);
  try {
    const found = await resolver.resolve(queryName, queryType);
    return { rcode: "NOERROR", records: (Array.isArray(found) ? found : [found]).map(textOf) };
  } catch (error) {
    const rcode = RCODES[codeOf(error) ?? ""];
    if (rcode === undefined) throw error;
    return { rcode, records: [] };
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

interface Answer {
  readonly rcode: DnsRcode;
  readonly records: readonly string[];
}

/** Beyond any deadline of a collection. */
const TIMEOUT_MS = 3_600_000;

/** A record as text: its fields in the order of its type, separated by spaces. */
function textOf(record: unknown): string {
  if (typeof record !== "object" || record === null) return String(record);
  return Object.values(record).map(String).join(" ");
}

function checkRecords(
  where: string,
  records: readonly string[],
  { failIfMatchesRegexp = [], failIfNotMatchesRegexp = [] }: NonNullable<DnsModule["validateAnswerRrs"]>,
): void {
  for (const pattern of failIfMatchesRegexp) {
    const regexp = compilePattern(pattern);
    if (records.some((record) => testPattern(regexp, record) !== false))
      throw new CollectFailure("invalid", `${where} responds with a record that matches ${pattern}`);
  }
  for (const pattern of failIfNotMatchesRegexp) {
    const regexp = compilePattern(pattern);
    if (!records.every((record) => testPattern(regexp, record) === true))
      throw new CollectFailure("invalid", `${where} responds with a record that does not match ${pattern}`);
  }
}

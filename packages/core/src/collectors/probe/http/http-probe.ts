import { CollectFailure } from "../../../model/failure.ts";
import type { HttpModule, TargetProfile } from "../../../model/target-definitions.ts";
import { compilePattern } from "../../../model/pattern.ts";
import { mayUse } from "../../../platform/host-list.ts";
import { testPattern } from "../../../platform/test-pattern.ts";
import { endpointOfUrl } from "../../targets/endpoint.ts";
import type { Probe, ProbeContext } from "../probe.ts";
import { connectSecurely, connectTcp } from "../probe-connection.ts";
import type { ProbeReport } from "../probe-report.ts";
import { resolveTarget } from "../resolve-target.ts";
import { exchange } from "./exchange.ts";
import type { HttpResponse } from "./exchange.ts";

const FAMILY = "probe_http_duration_seconds";
const PHASES = ["resolve", "connect", "tls", "processing", "transfer"] as const;
/** As blackbox_exporter. */
const REDIRECTS_MAX = 10;
/** Status codes whose Location a client follows with the same method, or with GET. */
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

/** Requests a URL. Every connection is new. */
export function httpProbe(context: ProbeContext): Probe {
  return async ({ endpoint, module, profile, signal }, report) => {
    const { http = {} } = module;
    const first = endpoint.url!;
    begin(report);
    let request: HttpRequest = { url: first, method: http.method ?? "GET", http, profile, signal };
    for (let redirects = 0; ; redirects++) {
      const { url } = request;
      report.set("probe_http_redirects", redirects);
      const response = await requestOnce(context, request, report);
      const location = REDIRECTS.has(response.status) && http.followRedirects !== false ? response.location : null;
      if (location === null) return check(url, response, { http, report });
      const next = URL.parse(location, url.href);
      if (next === null || !/^https?:$/.test(next.protocol))
        throw new CollectFailure("invalid", `${url.host} redirects to what is no http or https URL`);
      if (redirects === REDIRECTS_MAX) throw new CollectFailure("invalid", `${url.host} redirects over and over`);
      request = redirected(request, next, response.status);
    }
  };
}

/** What a client sends where it is redirected to: nothing that was meant for the origin before, unless it is the same. */
function redirected(request: HttpRequest, next: URL, status: number): HttpRequest {
  const becomesGet = status < 307 && request.method !== "HEAD" && request.method !== "GET";
  const { body: _body, ...withoutBody } = request.http;
  const { headers: _headers, ...bare } = withoutBody;
  const changed = { ...request, url: next, method: becomesGet ? "GET" : request.method };
  if (next.origin !== request.url.origin) return { ...changed, http: bare, profile: null };
  return becomesGet ? { ...changed, http: withoutBody } : changed;
}

/** So that the series are the same whatever happens. */
function begin(report: ProbeReport): void {
  report.beginPhases(FAMILY, PHASES);
  for (const family of ["probe_http_status_code", "probe_http_ssl", "probe_http_version"] as const)
    report.set(family, 0);
  report.set("probe_http_content_length", -1);
  report.set("probe_http_uncompressed_body_length", 0);
  report.set("probe_failed_due_to_regex", 0);
}

interface HttpRequest {
  readonly url: URL;
  readonly method: string;
  readonly http: HttpModule;
  readonly profile: TargetProfile | null;
  readonly signal: AbortSignal;
}

async function requestOnce(
  context: ProbeContext,
  { url, method, http, profile, signal }: HttpRequest,
  report: ProbeReport,
): Promise<HttpResponse> {
  const { clock, connector, credentials } = context;
  const endpoint = endpointOfUrl(url);
  if (profile !== null && !mayUse(profile, endpoint.host))
    throw new CollectFailure("forbidden", `${url.host} is none of the hosts of the profile`);
  let beganMs = clock.monotonicMs();
  const endPhase = (phase: (typeof PHASES)[number]) => {
    const nowMs = clock.monotonicMs();
    report.addPhase(FAMILY, phase, (nowMs - beganMs) / 1000);
    beganMs = nowMs;
  };
  const addresses = await resolveTarget(context, endpoint, report);
  endPhase("resolve");
  const tcp = await connectTcp(connector, endpoint, { addresses, signal });
  try {
    endPhase("connect");
    report.set("probe_ip_protocol", tcp.remoteFamily === "IPv6" ? 6 : 4);
    report.set("probe_http_ssl", url.protocol === "https:" ? 1 : 0);
    const { authorization, tls } = credentials.of(profile);
    const nowSeconds = clock.wallMs() / 1000;
    const isSecure = url.protocol === "https:";
    const socket = isSecure ? await connectSecurely(tcp, { endpoint, tls, signal, nowSeconds }, report) : tcp;
    if (isSecure) endPhase("tls");
    const headers = { ...http.headers, ...(authorization !== null && { authorization }) };
    const wanted = { url, method, headers, body: http.body ?? null, keepsBody: keepsBody(http) };
    const response = await exchange(socket, wanted, { signal, onHeaders: () => endPhase("processing") });
    endPhase("transfer");
    report.set("probe_http_status_code", response.status);
    report.set("probe_http_version", Number(response.httpVersion));
    report.set("probe_http_content_length", response.contentLength);
    report.set("probe_http_uncompressed_body_length", response.bodyBytes);
    return response;
  } finally {
    tcp.destroy();
  }
}

function keepsBody({ failIfBodyMatchesRegexp = [], failIfBodyNotMatchesRegexp = [] }: HttpModule): boolean {
  return failIfBodyMatchesRegexp.length + failIfBodyNotMatchesRegexp.length > 0;
}

/** Throws CollectFailure `invalid` when the response is not as the module wants it. */
function check(
  url: URL,
  { status, body }: HttpResponse,
  { http, report }: { readonly http: HttpModule; readonly report: ProbeReport },
): void {
  const fail = (message: string) => {
    throw new CollectFailure("invalid", `${url.host} ${message}`);
  };
  const { validStatusCodes = [] } = http;
  const isValid = validStatusCodes.length > 0 ? validStatusCodes.includes(status) : status >= 200 && status < 300;
  if (!isValid) fail(`responds with status ${status}; wanted ${validStatusCodes.join(", ") || "200 to 299"}`);
  if (http.failIfSsl === true && url.protocol === "https:") fail("responds over TLS; wanted none");
  if (http.failIfNotSsl === true && url.protocol !== "https:") fail("responds without TLS");
  const failDueTo = (pattern: string, message: string) => {
    report.set("probe_failed_due_to_regex", 1);
    fail(`responds with a body that ${message} ${pattern}`);
  };
  const matches = (pattern: string) => {
    const found = testPattern(compilePattern(pattern), body);
    if (found === null) failDueTo(pattern, "takes too long to compare with");
    return found;
  };
  for (const pattern of http.failIfBodyMatchesRegexp ?? []) if (matches(pattern)) failDueTo(pattern, "matches");
  for (const pattern of http.failIfBodyNotMatchesRegexp ?? [])
    if (!matches(pattern)) failDueTo(pattern, "does not match");
}

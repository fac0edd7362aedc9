import type { SourceFamily } from "../../model/series-snapshot.ts";

/** Families of probes, in the order in which they are served. Names and units are those of blackbox_exporter. */
const HELP = {
  probe_success: "1 if the target is as its module wants it.",
  probe_duration_seconds: "Time that the probe took.",
  probe_dns_lookup_time_seconds: "Time that resolving the name of the target took.",
  probe_ip_protocol: "4 or 6: version of the Internet protocol of the connection; 0: none.",
  probe_failed_due_to_regex: "1 if a regular expression of the module decided the failure.",
  probe_http_status_code: "Status code of the last response; 0: none.",
  probe_http_redirects: "Redirects that were followed.",
  probe_http_ssl: "1 if the last connection was encrypted.",
  probe_http_version: "Version of HTTP of the last response; 0: none.",
  probe_http_content_length: "Length that the last response announced, bytes; -1: none.",
  probe_http_uncompressed_body_length: "Bytes of the last response's body that were read.",
  probe_http_duration_seconds: "Time per phase, over all redirects.",
  probe_ssl_earliest_cert_expiry: "When the first certificate of the chain expires, seconds since 1970.",
  probe_ssl_certificate_days_left: "Days until the first certificate of the chain expires; negative: it has expired.",
  probe_tls_version_info: "Version of TLS of the last connection.",
  probe_dns_query_succeeded: "1 if the name server responded.",
  probe_dns_answer_rrs: "Records in the answer.",
  probe_dns_duration_seconds: "Time per phase.",
  probe_icmp_duration_seconds: "Time per phase; rtt is the round trip of the last reply.",
  probe_icmp_reply_hop_limit: "Hop limit of the last reply.",
} as const;

export type ProbeFamily = keyof typeof HELP;

export const PROBE_FAMILIES: readonly SourceFamily[] = Object.entries(HELP).map(([name, help]) => ({
  name,
  type: "gauge",
  help,
}));

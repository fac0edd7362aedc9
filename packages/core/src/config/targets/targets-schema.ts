import * as Type from "typebox";
import { DEFINITION_NAME, DNS_RCODES, DNS_TYPES, PROBERS } from "../../model/target-definitions.ts";
import { choice } from "../../model/schemas/choice.ts";
import { textMap } from "../../model/schemas/text-map.ts";

// A description completes the sentence "must be ...". The keys are those of Prometheus and of blackbox_exporter.

const text = (wanted: string) => Type.String({ minLength: 1, maxLength: 4_096, description: wanted });
const path = text("the path of a file");
const yes = Type.Boolean({ description: "true or false" });
const listOf = (item: Type.TSchema, wanted: string) => Type.Array(item, { maxItems: 1_000, description: wanted });
const patterns = listOf(
  Type.String({
    format: "regexp",
    description: "a regular expression of JavaScript, which may begin with (?i), (?m) or (?s)",
  }),
  "a list of regular expressions",
);
const optional = Type.Optional;

/** An object of these keys only. */
function section(properties: Record<string, Type.TSchema>) {
  const description = `an object of ${Object.keys(properties).join(", ")}`;
  return Type.Object(properties, { additionalProperties: false, description });
}

const TLS = section({
  ca_file: optional(path),
  cert_file: optional(path),
  key_file: optional(path),
  server_name: optional(text("a host name")),
  insecure_skip_verify: optional(yes),
});

const PROFILE = section({
  hosts: optional(listOf(text("a host name, *.domain, an address or a network"), "a list of hosts")),
  bearer_token_file: optional(path),
  basic_auth: optional(section({ username: text("a user name"), password_file: path })),
  tls_config: optional(TLS),
  follow_redirects: optional(yes),
  keep: optional(patterns),
});

const HTTP = section({
  valid_status_codes: optional(
    listOf(Type.Integer({ minimum: 100, maximum: 999, description: "a status code" }), "a list of status codes"),
  ),
  method: optional(
    Type.String({ pattern: "^[A-Z]{1,20}$", description: "a method of HTTP in capitals, such as GET or POST" }),
  ),
  headers: optional(textMap(text("a header's value"), { description: "an object of headers" })),
  body: optional(Type.String({ maxLength: 65_536, description: "a text" })),
  follow_redirects: optional(yes),
  fail_if_ssl: optional(yes),
  fail_if_not_ssl: optional(yes),
  fail_if_body_matches_regexp: optional(patterns),
  fail_if_body_not_matches_regexp: optional(patterns),
});

const DNS = section({
  query_name: text("a host name"),
  query_type: optional(choice(DNS_TYPES)),
  valid_rcodes: optional(listOf(choice(DNS_RCODES), "a list of response codes")),
  validate_answer_rrs: optional(
    section({ fail_if_matches_regexp: optional(patterns), fail_if_not_matches_regexp: optional(patterns) }),
  ),
});

const MODULE = section({
  prober: choice(PROBERS),
  timeout: optional(
    Type.String({ pattern: "^[0-9]+(?:\\.[0-9]+)?(?:ms|s)$", description: "a duration such as 5s or 500ms" }),
  ),
  http: optional(section({ ...HTTP.properties })),
  tcp: optional(section({ tls: optional(yes) })),
  dns: optional(DNS),
});

const named = { pattern: DEFINITION_NAME.source, additionalProperties: false as const };

export const TargetsSchema = section({
  profiles: optional(textMap(PROFILE, { ...named, description: "an object of profiles by name" })),
  modules: optional(textMap(MODULE, { ...named, description: "an object of modules by name" })),
});

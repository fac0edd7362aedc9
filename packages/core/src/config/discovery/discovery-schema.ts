import * as Type from "typebox";
import { KUBERNETES_ROLES, RELABEL_ACTIONS, SERVICE_DNS_TYPES } from "../../model/discovery-jobs.ts";
import { DEFINITION_NAME } from "../../model/target-definitions.ts";
import { choice } from "../../model/schemas/choice.ts";
import { textMap } from "../../model/schemas/text-map.ts";

// A description completes the sentence "must be ...". The keys are those of Prometheus, but for kind, module and profile.

const text = (wanted: string) => Type.String({ minLength: 1, maxLength: 4_096, description: wanted });
const any = (wanted: string) => Type.String({ maxLength: 4_096, description: wanted });
const listOf = <Item extends Type.TSchema>(item: Item, wanted: string) =>
  Type.Array(item, { maxItems: 10_000, description: wanted });
const duration = Type.String({
  pattern: "^(?:[0-9]+(?:ms|[smhdwy]))+$",
  description: "a duration such as 30s or 5m",
});
const optional = Type.Optional;
const labelName = Type.String({
  pattern: "^[a-zA-Z_][a-zA-Z0-9_]*$",
  description: "a name of a label: letters, digits and underscores",
});

const namespace = Type.String({
  pattern: "^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$",
  description: "the name of a namespace",
});

/** An object of these keys only. */
function section<Properties extends Type.TProperties>(properties: Properties) {
  const description = `an object of ${Object.keys(properties).join(", ")}`;
  return Type.Object(properties, { additionalProperties: false, description });
}

const LABELS = Type.Record(labelName, any("a text"), { description: "an object of labels" });

const RELABEL = section({
  source_labels: optional(listOf(labelName, "a list of names of labels")),
  separator: optional(any("a text")),
  target_label: optional(any("a name of a label")),
  regex: optional(any("a regular expression")),
  modulus: optional(Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER, description: "a whole number" })),
  replacement: optional(any("a text")),
  action: optional(choice(RELABEL_ACTIONS)),
});

const definition = (wanted: string) => Type.String({ pattern: DEFINITION_NAME.source, description: wanted });

const SCRAPE_CONFIG = section({
  job_name: Type.String({
    pattern: DEFINITION_NAME.source,
    description: "a name of 1 to 64 letters, digits, underscores, dots and dashes",
  }),
  kind: optional(choice(["scrape", "probe"] as const)),
  module: optional(definition("the name of a module")),
  profile: optional(definition("the name of a profile")),
  scrape_interval: optional(duration),
  scheme: optional(choice(["http", "https"] as const)),
  metrics_path: optional(text("a path")),
  params: optional(textMap(listOf(any("a text"), "a list of texts"), { description: "an object of lists of texts" })),
  relabel_configs: optional(listOf(RELABEL, "a list of relabelling rules")),
  static_configs: optional(
    listOf(section({ targets: listOf(text("an address"), "a list of addresses"), labels: optional(LABELS) }), "a list"),
  ),
  file_sd_configs: optional(
    listOf(
      section({ files: listOf(text("a path"), "a list of paths"), refresh_interval: optional(duration) }),
      "a list",
    ),
  ),
  http_sd_configs: optional(
    listOf(
      section({
        url: Type.String({ pattern: "^https?://[^\\s]+$", maxLength: 4_096, description: "an http or https URL" }),
        profile: optional(definition("the name of a profile")),
        refresh_interval: optional(duration),
      }),
      "a list",
    ),
  ),
  consul_sd_configs: optional(
    listOf(
      section({
        server: optional(text("host:port")),
        scheme: optional(choice(["http", "https"] as const)),
        datacenter: optional(text("the name of a datacenter")),
        services: optional(listOf(text("the name of a service"), "a list of names")),
        tags: optional(listOf(text("a tag"), "a list of tags")),
        profile: optional(definition("the name of a profile")),
        refresh_interval: optional(duration),
      }),
      "a list",
    ),
  ),
  etcd_sd_configs: optional(
    listOf(
      section({
        url: Type.String({ pattern: "^https?://[^\\s/]+/?$", maxLength: 4_096, description: "an http or https URL" }),
        prefix: text("the beginning of keys"),
        profile: optional(definition("the name of a profile")),
      }),
      "a list",
    ),
  ),
  kubernetes_sd_configs: optional(
    listOf(
      section({
        role: choice(KUBERNETES_ROLES),
        api_server: optional(
          Type.String({ pattern: "^https?://[^\\s]+$", maxLength: 4_096, description: "an http or https URL" }),
        ),
        profile: optional(definition("the name of a profile")),
        namespaces: optional(section({ names: listOf(namespace, "a list of namespaces") })),
        selectors: optional(
          Type.Array(
            section({
              role: choice(KUBERNETES_ROLES),
              label: optional(text("a selector of labels")),
              field: optional(text("a selector of fields")),
            }),
            { maxItems: 1, description: "a list of one selector" },
          ),
        ),
      }),
      "a list",
    ),
  ),
  scaleway_sd_configs: optional(
    listOf(
      section({
        role: optional(choice(["instance"] as const)),
        access_key: text("an access key"),
        profile: definition("the name of a profile whose bearer token is the secret key"),
        project_id: optional(text("the id of a project")),
        zone: optional(Type.String({ pattern: "^[a-z]{2}-[a-z]{3}-[0-9]$", description: "a zone such as fr-par-1" })),
        api_url: optional(Type.String({ pattern: "^https?://[^\\s]+$", description: "an http or https URL" })),
        name_filter: optional(text("a part of names")),
        tags_filter: optional(listOf(text("a tag"), "a list of tags")),
        tag_separator: optional(text("a text")),
        port: optional(Type.Integer({ minimum: 1, maximum: 65_535, description: "a port" })),
        refresh_interval: optional(duration),
      }),
      "a list",
    ),
  ),
  dns_sd_configs: optional(
    listOf(
      section({
        names: listOf(text("a name"), "a list of names"),
        type: optional(choice(SERVICE_DNS_TYPES)),
        port: optional(Type.Integer({ minimum: 1, maximum: 65_535, description: "a port" })),
        refresh_interval: optional(duration),
      }),
      "a list",
    ),
  ),
});

export const DiscoverySchema = section({
  scrape_configs: Type.Array(SCRAPE_CONFIG, { maxItems: 200, description: "a list of scrape configurations" }),
});

export type DiscoveryFile = Type.Static<typeof DiscoverySchema>;
export type ScrapeConfig = DiscoveryFile["scrape_configs"][number];
export type RelabelGiven = NonNullable<ScrapeConfig["relabel_configs"]>[number];

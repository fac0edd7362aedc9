import type { KubernetesFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";

type Texts = Readonly<Record<string, string>>;

/** What is read of an object of the Kubernetes API. */
export interface KubernetesObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly uid?: string;
    readonly resourceVersion: string;
    readonly labels?: Texts;
    readonly annotations?: Texts;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec?: {
    readonly nodeName?: string;
    readonly providerID?: string;
    readonly containers?: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly podIP?: string;
    readonly hostIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
    readonly addresses?: readonly { readonly type: string; readonly address: string }[];
    readonly daemonEndpoints?: { readonly kubeletEndpoint?: { readonly Port: number } };
  };
  readonly addressType?: string;
  readonly endpoints?: readonly Endpoint[];
  readonly ports?: readonly {
    readonly name?: string;
    readonly port?: number;
    readonly protocol?: string;
    readonly appProtocol?: string;
  }[];
}

interface Container {
  readonly name: string;
  readonly image?: string;
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number; readonly protocol?: string }[];
}

interface ContainerStatus {
  readonly name: string;
  readonly containerID?: string;
}

interface Endpoint {
  readonly addresses: readonly string[];
  readonly hostname?: string;
  readonly nodeName?: string;
  readonly zone?: string;
  readonly conditions?: { readonly ready?: boolean; readonly serving?: boolean; readonly terminating?: boolean };
  readonly targetRef?: { readonly kind?: string; readonly name?: string };
}

/** Targets, each with labels of its own beside those of the object. */
interface Target {
  readonly address: string;
  readonly labels: Texts;
}

const META = "__meta_kubernetes_";

/**
 * The targets of an object, each a group of its own. Labels are those of the configuration reference of Prometheus,
 * `kubernetes_sd_config`; of the service of an endpoint slice, the name only.
 */
export function groupsOfObject(role: KubernetesFinderConfig["role"], object: KubernetesObject): readonly TargetGroup[] {
  const { labels, targets } = READERS[role](object);
  return targets.map((target) => ({ targets: [target.address], labels: { ...labels, ...target.labels } }));
}

const READERS = { node: nodeTargets, pod: podTargets, endpointslice: sliceTargets } as const;

interface ObjectTargets {
  readonly labels: Record<string, string>;
  readonly targets: readonly Target[];
}

function nodeTargets({ metadata, spec, status }: KubernetesObject): ObjectTargets {
  const addresses = status?.addresses ?? [];
  const address = ["InternalIP", "ExternalIP", "LegacyHostIP", "Hostname"]
    .map((type) => addresses.find((one) => one.type === type)?.address)
    .find((one) => one !== undefined);
  const port = status?.daemonEndpoints?.kubeletEndpoint?.Port ?? 0;
  const byType = Object.fromEntries(
    addresses.toReversed().map((one) => [`${META}node_address_${one.type}`, one.address]),
  );
  const labels = {
    ...known({
      [`${META}node_name`]: metadata.name,
      [`${META}node_provider_id`]: spec?.providerID,
      instance: metadata.name,
    }),
    ...byType,
    ...ofObject("node", metadata),
  };
  return { labels, targets: address === undefined ? [] : [{ address: hostPort(address, port), labels: {} }] };
}

function podTargets({ metadata, spec, status }: KubernetesObject): ObjectTargets {
  const ip = status?.podIP;
  if (ip === undefined || ip === "") return { labels: {}, targets: [] };
  const controller = metadata.ownerReferences?.find((owner) => owner.controller === true);
  const labels = {
    ...known({
      [`${META}namespace`]: metadata.namespace,
      [`${META}pod_name`]: metadata.name,
      [`${META}pod_ip`]: ip,
      [`${META}pod_ready`]: readiness(status),
      [`${META}pod_phase`]: status?.phase,
      [`${META}pod_node_name`]: spec?.nodeName,
      [`${META}pod_host_ip`]: status?.hostIP,
      [`${META}pod_uid`]: metadata.uid,
      [`${META}pod_controller_kind`]: controller?.kind,
      [`${META}pod_controller_name`]: controller?.name,
    }),
    ...ofObject("pod", metadata),
  };
  const statuses = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const containers = [
    ...(spec?.containers ?? []).map((container) => ({ container, isInit: false })),
    ...(spec?.initContainers ?? []).map((container) => ({ container, isInit: true })),
  ];
  const targets = containers.flatMap(({ container, isInit }) => {
    const own = known({
      [`${META}pod_container_name`]: container.name,
      [`${META}pod_container_id`]: statuses.find(({ name }) => name === container.name)?.containerID,
      [`${META}pod_container_image`]: container.image,
      [`${META}pod_container_init`]: String(isInit),
    });
    const ports = container.ports ?? [];
    // Without a port the address is that of the pod, to which relabelling can add one.
    if (ports.length === 0) return [{ address: ip, labels: own }];
    return ports.map(({ containerPort, name, protocol = "TCP" }) => ({
      address: hostPort(ip, containerPort),
      labels: {
        ...own,
        ...known({
          [`${META}pod_container_port_name`]: name,
          [`${META}pod_container_port_number`]: String(containerPort),
          [`${META}pod_container_port_protocol`]: protocol,
        }),
      },
    }));
  });
  return { labels, targets };
}

function sliceTargets({ addressType, endpoints = [], metadata, ports = [] }: KubernetesObject): ObjectTargets {
  const labels = {
    ...known({
      [`${META}namespace`]: metadata.namespace,
      [`${META}endpointslice_name`]: metadata.name,
      [`${META}endpointslice_address_type`]: addressType,
      [`${META}service_name`]: metadata.labels?.["kubernetes.io/service-name"],
    }),
    ...ofObject("endpointslice", metadata),
  };
  const targets = endpoints.flatMap((endpoint) =>
    endpoint.addresses.flatMap((address) =>
      ports.map(({ appProtocol, name, port = 0, protocol }) => ({
        address: hostPort(address, port),
        labels: known({
          [`${META}endpointslice_port`]: String(port),
          [`${META}endpointslice_port_name`]: name,
          [`${META}endpointslice_port_protocol`]: protocol,
          [`${META}endpointslice_port_app_protocol`]: appProtocol,
          [`${META}endpointslice_endpoint_conditions_ready`]: flag(endpoint.conditions?.ready),
          [`${META}endpointslice_endpoint_conditions_serving`]: flag(endpoint.conditions?.serving),
          [`${META}endpointslice_endpoint_conditions_terminating`]: flag(endpoint.conditions?.terminating),
          [`${META}endpointslice_endpoint_hostname`]: endpoint.hostname,
          [`${META}endpointslice_endpoint_node_name`]: endpoint.nodeName,
          [`${META}endpointslice_endpoint_zone`]: endpoint.zone,
          [`${META}endpointslice_address_target_kind`]: endpoint.targetRef?.kind,
          [`${META}endpointslice_address_target_name`]: endpoint.targetRef?.name,
        }),
      })),
    ),
  );
  return { labels, targets };
}

/** Labels and annotations, with one that says that each is there: its value may be empty. */
function ofObject(
  kind: string,
  { annotations = {}, labels = {} }: KubernetesObject["metadata"],
): Record<string, string> {
  const named = (what: string, texts: Texts) =>
    Object.entries(texts).flatMap(([name, text]) => [
      [`${META}${kind}_${what}_${sanitized(name)}`, text] as const,
      [`${META}${kind}_${what}present_${sanitized(name)}`, "true"] as const,
    ]);
  return Object.fromEntries(
    [...named("label", labels), ...named("annotation", annotations)].filter(([, text]) => text !== ""),
  );
}

function readiness(status: KubernetesObject["status"]): string {
  const condition = status?.conditions?.find(({ type }) => type === "Ready");
  return (condition?.status ?? "unknown").toLowerCase();
}

function flag(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Without those that are missing or empty. */
function known(labels: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const entries = Object.entries(labels).filter((entry): entry is [string, string] => (entry[1] ?? "") !== "");
  return Object.fromEntries(entries);
}

function sanitized(name: string): string {
  return name.replaceAll(/[^a-zA-Z0-9_]/g, "_");
}

function hostPort(host: string, port: number): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

import { codeOf } from "../../model/errors.ts";
import type { KubernetesFinderConfig, TargetGroup } from "../../model/discovery-jobs.ts";
import type { TargetProfile } from "../../model/target-definitions.ts";
import { groupsOfObject } from "./kubernetes-targets.ts";
import type { KubernetesObject } from "./kubernetes-targets.ts";
import { linesOf } from "./lines-of.ts";
import type { SourceClient } from "./source-client.ts";
import type { WatchingOptions } from "./watching.ts";

export interface KubernetesOptions extends Pick<
  KubernetesFinderConfig,
  "url" | "role" | "namespaces" | "labelSelector" | "fieldSelector"
> {
  readonly profile: () => TargetProfile | null;
  readonly client: Pick<SourceClient, "json" | "open">;
}

const PATHS = {
  node: { api: "/api/v1", resource: "nodes" },
  pod: { api: "/api/v1", resource: "pods" },
  endpointslice: { api: "/apis/discovery.k8s.io/v1", resource: "endpointslices" },
} as const;
const PAGE = 500;
/** The server ends a watch after this time, and it goes on from the last version. */
const WATCH_SECONDS = 280;
/** The version is too old to go on from (HTTP API concepts, "410 Gone responses"). */
const GONE = 410;

interface ObjectList {
  readonly metadata: { readonly resourceVersion: string; readonly continue?: string };
  readonly items?: readonly KubernetesObject[];
}

interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: KubernetesObject & { readonly code?: number; readonly message?: string };
}

/**
 * Nodes, pods or endpoint slices of a cluster, with the labels that `kubernetes_sd` of Prometheus gives them. Lists them, then
 * watches; a watch that ends goes on from the last version that was seen (Kubernetes, "Efficient detection of changes").
 */
export function kubernetesWatch(options: KubernetesOptions): WatchingOptions["watch"] {
  const { namespaces, role } = options;
  const isNamespaced = role !== "node" && namespaces.length > 0;
  const parts = (isNamespaced ? namespaces : [null]).map((namespace) => new Watched(options, namespace));
  return async (found, signal) => {
    const tell = () => {
      if (parts.every(({ isListed }) => isListed)) found(parts.flatMap((part) => part.groups));
    };
    await Promise.all(parts.map((part) => part.follow(tell, signal)));
  };
}

/** The objects of a namespace, or of all: kept from one watch to the next. */
class Watched {
  readonly #options: KubernetesOptions;
  readonly #path: string;
  readonly #byId = new Map<string, readonly TargetGroup[]>();
  /** The last that was seen; null: begin with a list. */
  #version: string | null = null;

  constructor(options: KubernetesOptions, namespace: string | null) {
    const { api, resource } = PATHS[options.role];
    this.#options = options;
    this.#path = namespace === null ? `${api}/${resource}` : `${api}/namespaces/${namespace}/${resource}`;
  }

  get isListed(): boolean {
    return this.#version !== null;
  }

  get groups(): readonly TargetGroup[] {
    return [...this.#byId.values()].flat();
  }

  /** Until the signal is aborted. */
  async follow(tell: () => void, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#version === null) await this.#list(signal);
      tell();
      await this.#watch(tell, signal);
    }
  }

  async #list(signal: AbortSignal): Promise<void> {
    this.#byId.clear();
    for (let next: string | undefined = ""; next !== undefined;) {
      const query: Record<string, string> = { limit: String(PAGE), ...(next !== "" && { continue: next }) };
      const { value } = await this.#options.client.json(this.#url(query), this.#request(signal));
      const { items = [], metadata } = value as ObjectList;
      for (const item of items) this.#put(item);
      this.#version = metadata.resourceVersion;
      next = metadata.continue === "" ? undefined : metadata.continue;
    }
  }

  async #watch(tell: () => void, signal: AbortSignal): Promise<void> {
    const query = {
      watch: "1",
      allowWatchBookmarks: "true",
      timeoutSeconds: String(WATCH_SECONDS),
      resourceVersion: this.#version!,
    };
    try {
      const { pieces } = await this.#options.client.open(this.#url(query), this.#request(signal));
      for await (const line of linesOf(pieces)) {
        const { object, type } = JSON.parse(line) as WatchEvent;
        if (type === "ERROR") {
          this.#version = null;
          if (object.code === GONE) return;
          throw new Error(`the watch failed: ${object.message ?? String(object.code)}`);
        }
        this.#version = object.metadata.resourceVersion;
        if (type === "BOOKMARK") continue;
        if (type === "DELETED") this.#byId.delete(idOf(object));
        else this.#put(object);
        tell();
      }
    } catch (error) {
      // A watch that has had its 16 MiB goes on like one that has had its time.
      if (codeOf(Error.isError(error) ? (error.cause ?? error) : error) === "UND_ERR_RES_EXCEEDED_MAX_SIZE") return;
      if (Error.isError(error) && error.message.endsWith(`status ${GONE}`)) this.#version = null;
      throw error;
    }
  }

  #put(object: KubernetesObject): void {
    this.#byId.set(idOf(object), groupsOfObject(this.#options.role, object));
  }

  #url(query: Readonly<Record<string, string>>): URL {
    const { fieldSelector, labelSelector, url } = this.#options;
    const selectors = {
      ...(labelSelector !== null && { labelSelector }),
      ...(fieldSelector !== null && { fieldSelector }),
    };
    return new URL(`${this.#path}?${new URLSearchParams({ ...query, ...selectors }).toString()}`, url);
  }

  #request(signal: AbortSignal) {
    return { profile: this.#options.profile(), signal };
  }
}

function idOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ""}/${metadata.name}`;
}

import { describe, expect, test } from "@jest/globals";
import { groupsOfObject } from "./kubernetes-targets.ts";
import type { KubernetesObject } from "./kubernetes-targets.ts";

/** It has no address yet. */
const PENDING: KubernetesObject = {
  metadata: { name: "pending", resourceVersion: "1" },
  spec: { containers: [{ name: "c", ports: [{ containerPort: 80 }] }] },
  status: { phase: "Pending" },
};

describe("the targets of an object, as the configuration reference of Prometheus describes them", () => {
  test("a pod has one for each port of its containers, and one without a port for a container without", () => {
    const object: KubernetesObject = {
      metadata: {
        name: "web-1",
        namespace: "shop",
        uid: "u1",
        resourceVersion: "5",
        labels: { "app.kubernetes.io/name": "web", empty: "" },
        annotations: { "prometheus.io/scrape": "true" },
        ownerReferences: [{ kind: "ReplicaSet", name: "web", controller: true }],
      },
      spec: {
        nodeName: "n1",
        containers: [
          {
            name: "app",
            image: "web:1",
            ports: [
              { name: "http", containerPort: 8080 },
              { containerPort: 53, protocol: "UDP" },
            ],
          },
        ],
        initContainers: [{ name: "init" }],
      },
      status: {
        phase: "Running",
        podIP: "10.0.0.1",
        hostIP: "192.168.0.1",
        conditions: [{ type: "Ready", status: "True" }],
        containerStatuses: [{ name: "app", containerID: "containerd://1" }],
      },
    };
    const common = {
      __meta_kubernetes_namespace: "shop",
      __meta_kubernetes_pod_name: "web-1",
      __meta_kubernetes_pod_ip: "10.0.0.1",
      __meta_kubernetes_pod_ready: "true",
      __meta_kubernetes_pod_phase: "Running",
      __meta_kubernetes_pod_node_name: "n1",
      __meta_kubernetes_pod_host_ip: "192.168.0.1",
      __meta_kubernetes_pod_uid: "u1",
      __meta_kubernetes_pod_controller_kind: "ReplicaSet",
      __meta_kubernetes_pod_controller_name: "web",
      __meta_kubernetes_pod_label_app_kubernetes_io_name: "web",
      __meta_kubernetes_pod_labelpresent_app_kubernetes_io_name: "true",
      __meta_kubernetes_pod_labelpresent_empty: "true",
      __meta_kubernetes_pod_annotation_prometheus_io_scrape: "true",
      __meta_kubernetes_pod_annotationpresent_prometheus_io_scrape: "true",
    };
    const app = {
      ...common,
      __meta_kubernetes_pod_container_name: "app",
      __meta_kubernetes_pod_container_id: "containerd://1",
      __meta_kubernetes_pod_container_image: "web:1",
      __meta_kubernetes_pod_container_init: "false",
    };

    expect(groupsOfObject("pod", object)).toEqual([
      {
        targets: ["10.0.0.1:8080"],
        labels: {
          ...app,
          __meta_kubernetes_pod_container_port_name: "http",
          __meta_kubernetes_pod_container_port_number: "8080",
          __meta_kubernetes_pod_container_port_protocol: "TCP",
        },
      },
      {
        targets: ["10.0.0.1:53"],
        labels: {
          ...app,
          __meta_kubernetes_pod_container_port_number: "53",
          __meta_kubernetes_pod_container_port_protocol: "UDP",
        },
      },
      {
        targets: ["10.0.0.1"],
        labels: {
          ...common,
          __meta_kubernetes_pod_container_name: "init",
          __meta_kubernetes_pod_container_init: "true",
        },
      },
    ]);
    expect(groupsOfObject("pod", PENDING)).toEqual([]);
  });

  test("a node has its kubelet, at its internal address", () => {
    const object: KubernetesObject = {
      metadata: { name: "n1", resourceVersion: "1", labels: { zone: "a" } },
      spec: { providerID: "scaleway://1" },
      status: {
        addresses: [
          { type: "Hostname", address: "n1" },
          { type: "InternalIP", address: "fd00::1" },
        ],
        daemonEndpoints: { kubeletEndpoint: { Port: 10_250 } },
      },
    };

    expect(groupsOfObject("node", object)).toEqual([
      {
        targets: ["[fd00::1]:10250"],
        labels: {
          instance: "n1",
          __meta_kubernetes_node_name: "n1",
          __meta_kubernetes_node_provider_id: "scaleway://1",
          __meta_kubernetes_node_address_InternalIP: "fd00::1",
          __meta_kubernetes_node_address_Hostname: "n1",
          __meta_kubernetes_node_label_zone: "a",
          __meta_kubernetes_node_labelpresent_zone: "true",
        },
      },
    ]);
  });

  test("an endpoint slice has one for each address and port", () => {
    const object: KubernetesObject = {
      metadata: {
        name: "web-abc",
        namespace: "shop",
        resourceVersion: "1",
        labels: { "kubernetes.io/service-name": "web" },
      },
      addressType: "IPv4",
      endpoints: [
        {
          addresses: ["10.0.0.1"],
          nodeName: "n1",
          zone: "a",
          conditions: { ready: true, terminating: false },
          targetRef: { kind: "Pod", name: "web-1" },
        },
      ],
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
    };

    expect(groupsOfObject("endpointslice", object)).toEqual([
      {
        targets: ["10.0.0.1:8080"],
        labels: {
          __meta_kubernetes_namespace: "shop",
          __meta_kubernetes_endpointslice_name: "web-abc",
          __meta_kubernetes_endpointslice_address_type: "IPv4",
          __meta_kubernetes_service_name: "web",
          __meta_kubernetes_endpointslice_label_kubernetes_io_service_name: "web",
          __meta_kubernetes_endpointslice_labelpresent_kubernetes_io_service_name: "true",
          __meta_kubernetes_endpointslice_port: "8080",
          __meta_kubernetes_endpointslice_port_name: "http",
          __meta_kubernetes_endpointslice_port_protocol: "TCP",
          __meta_kubernetes_endpointslice_endpoint_conditions_ready: "true",
          __meta_kubernetes_endpointslice_endpoint_conditions_terminating: "false",
          __meta_kubernetes_endpointslice_endpoint_node_name: "n1",
          __meta_kubernetes_endpointslice_endpoint_zone: "a",
          __meta_kubernetes_endpointslice_address_target_kind: "Pod",
          __meta_kubernetes_endpointslice_address_target_name: "web-1",
        },
      },
    ]);
  });
});

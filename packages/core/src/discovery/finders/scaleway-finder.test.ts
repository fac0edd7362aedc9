import type { IncomingMessage, Server } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { scalewayFind } from "./scaleway-finder.ts";
import type { ScalewayOptions } from "./scaleway-finder.ts";

const SECRET = "11111111-1111-4111-8111-111111111111";
const ACCESS = "SCWXXXXXXXXXXXXXXXXX";

/** As the documentation of Scaleway's Instance API shows a server, in part. */
function server(name: string, more: Readonly<Record<string, unknown>> = {}) {
  return {
    id: `id-${name}`,
    name,
    organization: "org",
    project: "proj",
    hostname: `${name}-host`,
    tags: ["web", "eu"],
    commercial_type: "DEV1-S",
    state: "running",
    boot_type: "local",
    arch: "x86_64",
    zone: "fr-par-1",
    image: { id: "img", name: "Debian", arch: "x86_64" },
    location: { cluster_id: "1", hypervisor_id: "2", node_id: "3", zone_id: "par1", platform_id: "30" },
    security_group: { id: "sg", name: "default" },
    public_ips: [],
    private_nics: [],
    ...more,
  };
}

let api: Server;
let url: string;
let asked: string[];
let tokens: Set<string | undefined>;
let servers: Record<string, unknown[]>;
let status: number;

beforeEach(async () => {
  asked = [];
  tokens = new Set();
  servers = {};
  status = 200;
  api = createServer((request, response) => {
    asked.push(request.url!);
    tokens.add(request.headers["x-auth-token"] as string | undefined);
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(answerTo(request)));
  });
  await new Promise<void>((resolve) => api.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});

afterEach(() => {
  api.closeAllConnections();
  api.close();
});

function answerTo({ url: path }: IncomingMessage): unknown {
  const { pathname, searchParams } = new URL(path!, "http://api");
  const zone = /^\/instance\/v1\/zones\/([^/]+)\/servers$/.exec(pathname)?.[1];
  if (status !== 200) return { type: "denied_authentication", message: "no" };
  if (zone !== undefined) {
    const all = servers[zone] ?? [];
    const [page, size] = [Number(searchParams.get("page") ?? 1), Number(searchParams.get("per_page"))];
    return { servers: all.slice((page - 1) * size, page * size), total_count: all.length };
  }
  const ip = {
    id: "ip",
    address: "172.16.0.2/22",
    is_ipv6: false,
    resource: { id: "nic", type: "instance_private_nic" },
  };
  return { ips: [ip], total_count: 1 };
}

function find(given: Partial<ScalewayOptions> = {}) {
  const options: ScalewayOptions = {
    apiUrl: url,
    accessKey: ACCESS,
    projectId: null,
    zone: null,
    nameFilter: null,
    tags: [],
    tagSeparator: ",",
    port: 9100,
    profile: () => ({ hosts: ["127.0.0.1"], bearerTokenFile: "/secret" }),
    credentials: { of: () => ({ authorization: `Bearer ${SECRET}`, tls: {} }) },
    ...given,
  };
  return scalewayFind(options)(new AbortController().signal);
}

test("an instance has its private address, and the labels that Prometheus gives it", async () => {
  servers["fr-par-1"] = [
    server("web", {
      public_ip: { address: "51.15.0.1", family: "inet" },
      public_ips: [
        { address: "51.15.0.1", family: "inet" },
        { address: "2001:db8::1", family: "inet6" },
      ],
      private_nics: [{ id: "nic", server_id: "id-web", zone: "fr-par-1", tags: [] }],
    }),
  ];

  const meta = {
    boot_type: "local",
    hostname: "web-host",
    id: "id-web",
    image_arch: "x86_64",
    image_id: "img",
    image_name: "Debian",
    location_cluster_id: "1",
    location_hypervisor_id: "2",
    location_node_id: "3",
    name: "web",
    organization_id: "org",
    private_ipv4: "172.16.0.2",
    project_id: "proj",
    public_ipv4: "51.15.0.1",
    public_ipv4_addresses: ",51.15.0.1,",
    public_ipv6: "2001:db8::1",
    public_ipv6_addresses: ",2001:db8::1,",
    region: "fr-par",
    security_group_id: "sg",
    security_group_name: "default",
    status: "running",
    tags: ",web,eu,",
    type: "DEV1-S",
    zone: "fr-par-1",
  };
  expect(await find()).toEqual([
    {
      targets: ["172.16.0.2:9100"],
      labels: Object.fromEntries(
        Object.entries(meta).map(([name, text]) => [`__meta_scaleway_instance_${name}`, text]),
      ),
    },
  ]);
  expect(tokens).toEqual(new Set([SECRET]));
});

test("all zones are asked, page by page, or the one that is given, with its filters", async () => {
  servers["nl-ams-2"] = Array.from({ length: 150 }, (_, i) =>
    server(`n-${i}`, { private_ip: "10.0.0.1", zone: "nl-ams-2" }),
  );
  const all = await find();
  const zones = new Set(asked.map((path) => /zones\/([^/]+)/.exec(path)?.[1]));
  asked = [];
  await find({ zone: "pl-waw-1", projectId: "p", nameFilter: "web", tags: ["a", "b"] });

  expect(all).toHaveLength(150);
  expect(zones.size).toBe(9);
  expect(asked).toHaveLength(1);
  expect(asked[0]).toMatch(/^\/instance\/v1\/zones\/pl-waw-1\/servers\?.*name=web/);
  expect(asked[0]).toContain("project=p");
});

test("without a private address it has the public one, IPv4 first; without any it is no target", async () => {
  servers["fr-par-1"] = [
    server("four", { public_ip: { address: "51.15.0.1" } }),
    server("six", { public_ips: [{ address: "2001:db8::1", family: "inet6" }] }),
    server("none"),
  ];

  expect((await find({ zone: "fr-par-1" })).flatMap(({ targets }) => targets)).toEqual([
    "51.15.0.1:9100",
    "[2001:db8::1]:9100",
  ]);
});

test("a refusal is a failure, and no failure repeats the secret", async () => {
  status = 401;
  const refused = await failureOf(find({ zone: "fr-par-1" }));
  const malformed = await failureOf(find({ accessKey: "x" }));
  const profile = () => ({ hosts: ["api.scaleway.com"], bearerTokenFile: "/secret" });
  const elsewhere = await failureOf(find({ profile }));

  expect(refused).toMatch(/Error/);
  expect(malformed).toContain("does not have the form of one");
  expect(elsewhere).toContain("is none of the hosts of the profile");
  for (const text of [refused, malformed, elsewhere]) expect(text).not.toContain(SECRET);
});

async function failureOf(finding: Promise<unknown>): Promise<string> {
  try {
    await finding;
    return "none";
  } catch (error) {
    return String(error);
  }
}

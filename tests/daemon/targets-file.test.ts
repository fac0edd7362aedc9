import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "@jest/globals";
import { TestDaemon } from "../support/daemon.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { needs } from "../support/programs.ts";
import { TestCertificates } from "../support/test-certificates.ts";

interface Status {
  readonly status: string;
  readonly reason: string | null;
}

const LOOPBACK = "subjectAltName=IP:127.0.0.1";
const TOKEN = "a-token-for-the-shop";
const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-targets-"));
const targetsFile = join(folder, "targets.yaml");
let certificates: TestCertificates;
let shop: Server;
let nameServer: ChildProcess | null = null;
let dnsPort: number;
let daemon: TestDaemon;

const withPrograms = needs("openssl", "dnsmasq", "ping");

/** The file, with the zone's address that the DNS module wants. */
function writeTargets(address: string): void {
  writeFileSync(
    targetsFile,
    `profiles:
  shop:
    hosts: [127.0.0.1]
    bearer_token_file: token
    tls_config: { ca_file: ${certificates.path("ca.crt")}, cert_file: ${certificates.path("client.crt")}, key_file: ${certificates.path("client.key")} }
  trusted:
    tls_config: { ca_file: ${certificates.path("ca.crt")} }
modules:
  zone:
    prober: dns
    dns: { query_name: shop.test, validate_answer_rrs: { fail_if_not_matches_regexp: ["^${address}$"] } }
  missing:
    prober: dns
    dns: { query_name: gone.test, valid_rcodes: [NXDOMAIN] }
`,
  );
}

/** An HTTPS server that wants a client certificate and a token. */
async function startShop(): Promise<Server> {
  const server = createServer(
    {
      ca: certificates.read("ca.crt"),
      cert: certificates.read("server.crt"),
      key: certificates.read("server.key"),
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const { authorized } = request.socket as unknown as { readonly authorized: boolean };
      const isKnown = authorized && request.headers.authorization === `Bearer ${TOKEN}`;
      response.writeHead(isKnown ? 200 : 401, { "content-type": "text/plain" }).end("node_load1 0.25\n");
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

beforeAll(async () => {
  certificates = new TestCertificates();
  certificates.sign("server", { commonName: "shop", extensions: LOOPBACK });
  certificates.sign("client", { commonName: "monitor" });
  chmodSync(certificates.path("client.key"), 0o600);
  writeFileSync(join(folder, "token"), `${TOKEN}\n`, { mode: 0o600 });
  writeTargets("10.1.2.3");
  shop = await startShop();
  dnsPort = await freePort();
  const zone = ["--address=/shop.test/10.1.2.3", "--local=/test/"];
  const there = [
    `--port=${dnsPort}`,
    "--listen-address=127.0.0.1",
    "--bind-interfaces",
    `--user=${userInfo().username}`,
  ];
  nameServer = spawn(
    "dnsmasq",
    ["--keep-in-foreground", "--no-resolv", "--no-hosts", "--pid-file", ...zone, ...there],
    {
      stdio: "ignore",
      env: { PATH: `${process.env["PATH"]}:/usr/sbin` },
    },
  );
  daemon = new TestDaemon({
    env: { STORAGE: "memory", TARGETS_ALLOW_LOOPBACK: "true", TARGETS_FILE: targetsFile },
  });
  await daemon.ready();
});

afterAll(async () => {
  await daemon?.dispose();
  shop?.close();
  if (nameServer !== null) await endChild(nameServer);
  certificates?.[Symbol.dispose]();
  rmSync(folder, { recursive: true, force: true });
});

const urlOfShop = () => `https://127.0.0.1:${(shop.address() as AddressInfo).port}/`;

async function add(instance: Readonly<Record<string, unknown>>): Promise<number> {
  const response = await daemon.send("POST", "/instances", { ip: "127.0.0.1", interval: 1, ...instance });
  const body = (await response.json()) as { readonly id: number };
  expect([response.status, body]).toEqual([201, expect.anything()]);
  return body.id;
}

const statusWhen = (id: number, isGood: (status: Status) => boolean) =>
  eventually(() => daemon.json<Status>(`/instances/${id}`), isGood);
const isUp = ({ status }: Status) => status === "up";
const isDown = ({ status }: Status) => status === "down";

/** The instance's series, by name and labels as in the text. */
async function seriesOf(id: number): Promise<ReadonlyMap<string, number>> {
  const text = await (await daemon.fetch(`/api/v1/instances/${id}/series?format=prometheus`)).text();
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.slice(line.lastIndexOf(" ") + 1))]),
  );
}

describe("targets of a file of profiles and modules", () => {
  withPrograms("a target that wants a client certificate and a token is scraped with its profile only", async () => {
    const known = await add({ name: "shop", kind: "scrape", target: urlOfShop(), profile: "shop" });
    const unknown = await add({ name: "no-token", kind: "scrape", target: urlOfShop(), profile: "trusted" });
    const untrusted = await add({ name: "no-ca", kind: "scrape", target: urlOfShop() });

    await statusWhen(known, isUp);
    expect((await seriesOf(known)).get("node_load1")).toBe(0.25);
    expect((await statusWhen(unknown, isDown)).reason).toBe("invalid");
    expect((await statusWhen(untrusted, isDown)).reason).toBe("unreachable");
    await eventually(() => daemon.stdout.includes(`${new URL(urlOfShop()).host} responds with status 401`));
    const all = await (await daemon.fetch("/instances")).text();
    expect(`${all}${daemon.stdout}`).not.toContain(TOKEN);
    expect(all).not.toContain(certificates.path(""));
  });

  withPrograms("a profile does not give its credentials to other hosts", async () => {
    const response = await daemon.send("POST", "/instances", {
      name: "other",
      ip: "10.0.0.9",
      kind: "scrape",
      profile: "shop",
    });
    const { errors } = (await response.json()) as { readonly errors: unknown };

    expect(response.status).toBe(400);
    expect(errors).toEqual([{ pointer: "/ip", detail: "must be one of the hosts that the profile names" }]);
  });

  withPrograms("an HTTPS page is probed: its status, phases and the days left of its certificate", async () => {
    const trusted = await add({ name: "page", kind: "probe", target: urlOfShop(), profile: "shop" });
    const untrusted = await add({ name: "page-no-ca", kind: "probe", target: urlOfShop() });

    await statusWhen(trusted, isUp);
    const series = await seriesOf(trusted);
    expect(series.get("probe_http_status_code")).toBe(200);
    expect(series.get("probe_http_ssl")).toBe(1);
    expect(series.get("probe_ssl_certificate_days_left")).toBeCloseTo(2, 1);
    expect(series.get('probe_http_duration_seconds{phase="tls"}')).toBeGreaterThan(0);
    expect(series.get('probe_tls_version_info{version="TLS 1.3"}')).toBe(1);

    expect((await statusWhen(untrusted, isDown)).reason).toBe("invalid");
    const known = await seriesOf(untrusted);
    expect(known.get("probe_success")).toBe(0);
    expect(known.get("probe_ssl_certificate_days_left")).toBeCloseTo(2, 1);
    await eventually(() => daemon.stdout.includes("is not valid: its authority is unknown"));
  });

  withPrograms("a TLS port is probed without a request", async () => {
    const id = await add({
      name: "tls",
      kind: "probe",
      module: "tls_connect",
      target: new URL(urlOfShop()).host,
      profile: "trusted",
    });

    await statusWhen(id, isUp);
    expect((await seriesOf(id)).get("probe_ssl_certificate_days_left")).toBeCloseTo(2, 1);
  });

  withPrograms("an address is pinged, and its duration is the round trip", async () => {
    const id = await add({ name: "ping", kind: "probe", module: "icmp" });

    await statusWhen(id, isUp);
    const series = await seriesOf(id);
    const roundTrip = series.get('probe_icmp_duration_seconds{phase="rtt"}');
    expect(roundTrip).toBeGreaterThan(0);
    expect(series.get("probe_icmp_reply_hop_limit")).toBe(64);
    const { metrics } = await daemon.json<{ readonly metrics: Record<string, number> }>(`/metrics/${id}`);
    expect(metrics["collect_duration_seconds"]).toBeLessThan(0.5);
  });

  withPrograms("a name server is asked; after a reload its answer is judged by the new module", async () => {
    const target = `127.0.0.1:${dnsPort}`;
    const zone = await add({ name: "zone", kind: "probe", module: "zone", target });
    const missing = await add({ name: "missing", kind: "probe", module: "missing", target });

    await statusWhen(zone, isUp);
    await statusWhen(missing, isUp);
    expect((await seriesOf(zone)).get("probe_dns_answer_rrs")).toBe(1);

    writeTargets("10.9.9.9");
    daemon.kill("SIGHUP");

    expect((await statusWhen(zone, isDown)).reason).toBe("invalid");
    await eventually(() => daemon.stdout.includes("responds with a record that does not match ^10.9.9.9$"));
    expect((await daemon.json<Status>(`/instances/${missing}`)).status).toBe("up");
  });
});

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { userInfo } from "node:os";
import { afterAll, beforeAll, expect } from "@jest/globals";
import { dnsFind } from "../../packages/core/src/discovery/finders/dns-finder.ts";
import { endChild } from "../support/end-child.ts";
import { eventually } from "../support/eventually.ts";
import { freePort } from "../support/free-port.ts";
import { needs } from "../support/programs.ts";

const withDnsmasq = needs("dnsmasq");
let nameServer: ChildProcess | null = null;
let resolver: Resolver;

beforeAll(async () => {
  const port = await freePort();
  const records = [
    "--address=/web.test/10.1.2.3",
    "--address=/web.test/fd00::5",
    "--srv-host=_web._tcp.shop.test,web.test,9100",
    "--srv-host=_web._tcp.shop.test,db.test,9187",
    "--local=/test/",
  ];
  const there = [`--port=${port}`, "--listen-address=127.0.0.1", "--bind-interfaces", `--user=${userInfo().username}`];
  const args = ["--keep-in-foreground", "--no-resolv", "--no-hosts", "--pid-file", ...records, ...there];
  nameServer = spawn("dnsmasq", args, { stdio: "ignore", env: { PATH: `${process.env["PATH"]}:/usr/sbin` } });
  nameServer.once("error", () => (nameServer = null));
  resolver = new Resolver({ timeout: 1_000, tries: 3 });
  resolver.setServers([`127.0.0.1:${port}`]);
});

afterAll(async () => {
  if (nameServer !== null) await endChild(nameServer);
});

withDnsmasq("finds services by their SRV records, with the labels that Prometheus gives them", async () => {
  const find = dnsFind({ names: ["_web._tcp.shop.test"], recordType: "SRV", port: null }, resolver);

  const groups = await eventually(
    () => find().catch(() => []),
    ({ length }) => length > 0,
  );

  const labels = { __meta_dns_name: "_web._tcp.shop.test" };
  expect(groups.toSorted((a, b) => (a.targets[0]! < b.targets[0]! ? -1 : 1))).toEqual([
    {
      targets: ["db.test:9187"],
      labels: { ...labels, __meta_dns_srv_record_target: "db.test.", __meta_dns_srv_record_port: "9187" },
    },
    {
      targets: ["web.test:9100"],
      labels: { ...labels, __meta_dns_srv_record_target: "web.test.", __meta_dns_srv_record_port: "9100" },
    },
  ]);
});

withDnsmasq("finds addresses, and nothing where a name does not exist", async () => {
  const find = (recordType: "A" | "AAAA", names: string[]) => dnsFind({ names, recordType, port: 80 }, resolver)();

  const four = await eventually(
    () => find("A", ["web.test"]).catch(() => []),
    ({ length }) => length > 0,
  );
  const six = await find("AAAA", ["web.test", "none.test"]);

  expect(four).toEqual([{ targets: ["10.1.2.3:80"], labels: { __meta_dns_name: "web.test" } }]);
  expect(six).toEqual([{ targets: ["[fd00::5]:80"], labels: { __meta_dns_name: "web.test" } }]);
});

withDnsmasq("a name server that does not answer is a failure, not an empty set", async () => {
  const deaf = new Resolver({ timeout: 100, tries: 1 });
  deaf.setServers([`127.0.0.1:${await freePort()}`]);

  await expect(dnsFind({ names: ["web.test"], recordType: "A", port: 1 }, deaf)()).rejects.toThrow(/^web\.test: E/);
});

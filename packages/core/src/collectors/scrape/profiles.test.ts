import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { scraping } from "./testing/scraping.ts";
import { metrics, TestTarget } from "./testing/test-target.ts";

const RULES = { allowLoopback: true, ownPort: 1 };
const HERE = { hosts: ["127.0.0.1"] };
let folder: string;
const path = (name: string) => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cloud-monitor-profiles-"));
  writeFileSync(path("token"), "s3cret-token\n", { mode: 0o600 });
  writeFileSync(path("password"), "pa:ss\n", { mode: 0o600 });
  writeFileSync(path("open"), "s3cret-token\n");
  chmodSync(path("open"), 0o644);
});

afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  ["a bearer token", () => ({ bearerTokenFile: path("token") }), "Bearer s3cret-token"],
  [
    "a user name and a password",
    () => ({ basicAuth: { username: "me", passwordFile: path("password") } }),
    `Basic ${Buffer.from("me:pa:ss").toString("base64")}`,
  ],
])("%s of the profile's file is sent to its hosts", async (_what, credentials, authorization) => {
  await using target = await TestTarget.start(metrics("a 1\n"));
  const { reason } = await scraping(RULES, { ...HERE, ...credentials() })(target.url);

  expect(reason).toBeNull();
  expect(target.requests.map(({ headers }) => headers.authorization)).toEqual([authorization]);
});

test("nothing is sent to a host that the profile does not name", async () => {
  await using target = await TestTarget.start(metrics("a 1\n"));
  const profile = { hosts: ["*.example.com", "10.0.0.0/8"], bearerTokenFile: path("token") };
  const { out, reason } = await scraping(RULES, profile)(target.url);

  expect(reason).toBe("forbidden");
  expect(out.failures).toEqual([`127.0.0.1:${target.port} is none of the hosts of the profile`]);
  expect(target.connections).toBe(0);
});

test("a file that is gone is named", async () => {
  await using target = await TestTarget.start(metrics("a 1\n"));
  const { out, reason } = await scraping(RULES, { ...HERE, bearerTokenFile: path("gone") })(target.url);

  expect(reason).toBe("failed");
  expect(out.failures).toEqual([`${path("gone")} of the profile does not exist`]);
});

test("a secret that everyone can read is not sent", async () => {
  await using target = await TestTarget.start(metrics("a 1\n"));
  const { out, reason } = await scraping(RULES, { ...HERE, bearerTokenFile: path("open") })(target.url);

  expect(reason).toBe("failed");
  expect(out.failures).toEqual([`${path("open")} of the profile contains a secret and is readable by everyone`]);
  expect(target.requests).toEqual([]);
});

test("where another origin redirects back to, credentials are not sent", async () => {
  let back = "";
  await using other = await TestTarget.start((response) => response.writeHead(302, { location: back }).end());
  await using target = await TestTarget.start((response, { url }) => {
    if (url === "/metrics") response.writeHead(302, { location: other.url });
    response.end("a 1\n");
  });
  back = `${target.url}?chosen=by-another`;
  const profile = { ...HERE, bearerTokenFile: path("token"), followRedirects: true };
  const { reason } = await scraping(RULES, profile)(target.url);

  expect(reason).toBeNull();
  expect(target.requests.map(({ headers }) => headers.authorization)).toEqual(["Bearer s3cret-token", undefined]);
});

test("a redirect is followed when the profile allows it, and credentials stay with the target's origin", async () => {
  await using other = await TestTarget.start(metrics("a 1\n"));
  await using target = await TestTarget.start((response, { url }) => {
    response.writeHead(302, { location: url === "/metrics" ? "/second" : other.url }).end();
  });
  const profile = { ...HERE, bearerTokenFile: path("token"), followRedirects: true };
  const { out, reason } = await scraping(RULES, profile)(target.url);

  expect(reason).toBeNull();
  expect(out.samples.get("a")).toBe(1);
  expect(target.requests.map(({ url, headers }) => [url, headers.authorization])).toEqual([
    ["/metrics", "Bearer s3cret-token"],
    ["/second", "Bearer s3cret-token"],
  ]);
  expect(other.requests.map(({ headers }) => headers.authorization)).toEqual([undefined]);
});

test("three redirects are followed, and none to where the daemon does not connect to", async () => {
  await using target = await TestTarget.start((response, { url = "" }) => {
    response.writeHead(302, { location: url === "/metrics" ? "/1" : url + "1" }).end();
  });
  const collect = scraping(RULES, { hosts: [], followRedirects: true });

  const loop = await collect(target.url);

  expect(loop.reason).toBe("invalid");
  expect(loop.out.failures).toEqual([`127.0.0.1:${target.port} responds with status 302 after 3 redirects`]);
  expect(target.requests).toHaveLength(4);

  target.respond = (response) => response.writeHead(301, { location: "http://169.254.169.254/latest" }).end();
  const metadata = await collect(target.url);

  expect(metadata.reason).toBe("forbidden");
  expect(metadata.out.failures).toEqual(["169.254.169.254:80 is the address of a metadata service"]);
});

test("only the series are kept whose names the profile keeps; all are counted, and core metrics read from all", async () => {
  const page = "# TYPE node_load1 gauge\nnode_load1 2\n# TYPE a_total counter\na_total 1\na_total_other 3\nb 2\n";
  await using target = await TestTarget.start(metrics(page));
  const { out } = await scraping(RULES, { hosts: [], keep: ["a_total", "b.*"] })(target.url);

  expect([...out.samples.keys()]).toEqual(["a_total", "b", "scrape_duration_seconds", "scrape_samples_scraped", "up"]);
  expect(out.samples.get("scrape_samples_scraped")).toBe(4);
  expect(out.core("load1")).toBe(2);
  expect(out.families.map(({ name, type }) => `${name} ${type}`).slice(0, 2)).toEqual(["a_total counter", "b untyped"]);
});

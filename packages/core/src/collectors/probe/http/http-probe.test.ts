import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, test } from "@jest/globals";
import { TestTarget } from "../../scrape/testing/test-target.ts";
import type { Respond } from "../../scrape/testing/test-target.ts";
import type { HttpModule } from "../../../model/target-definitions.ts";
import { probing } from "../testing/probing.ts";

const number = expect.any(Number);

function responding(status: number, body = "", headers: Readonly<Record<string, string>> = {}): Respond {
  return (response) => response.writeHead(status, headers).end(body);
}

test("a page that responds with 200 is up, with the time of each phase", async () => {
  await using target = await TestTarget.start(responding(200, "hello", { "content-length": "5" }));
  const { out, reason, values } = await probing()({ module: { prober: "http" }, target: target.url });

  expect(reason).toBeNull();
  expect(values).toEqual({
    probe_success: 1,
    probe_duration_seconds: number,
    probe_dns_lookup_time_seconds: number,
    probe_ip_protocol: 4,
    probe_failed_due_to_regex: 0,
    probe_http_status_code: 200,
    probe_http_redirects: 0,
    probe_http_ssl: 0,
    probe_http_version: 1.1,
    probe_http_content_length: 5,
    probe_http_uncompressed_body_length: 5,
    'probe_http_duration_seconds{phase="resolve"}': number,
    'probe_http_duration_seconds{phase="connect"}': number,
    'probe_http_duration_seconds{phase="tls"}': 0,
    'probe_http_duration_seconds{phase="processing"}': number,
    'probe_http_duration_seconds{phase="transfer"}': number,
  });
  expect(out.families.map(({ name }) => name)).toEqual([
    ...new Set(Object.keys(values).map((series) => series.replace(/\{.*/, ""))),
  ]);
  expect(target.requests[0]!.method).toBe("GET");
});

test.each<[string, HttpModule, Respond, string | null]>([
  ["another status", {}, responding(503), "responds with status 503; wanted 200 to 299"],
  ["a status that is wanted", { validStatusCodes: [401, 403] }, responding(403), null],
  ["a status that is not wanted", { validStatusCodes: [401] }, responding(200), "status 200; wanted 401"],
  ["no TLS", { failIfNotSsl: true }, responding(200), "responds without TLS"],
  [
    "a body that matches",
    { failIfBodyMatchesRegexp: ["err(or)?"] },
    responding(200, "an error"),
    "a body that matches err",
  ],
  [
    "a body without what is wanted",
    { failIfBodyNotMatchesRegexp: ["^ok$"] },
    responding(200, "no"),
    "does not match ^ok$",
  ],
  ["a body with what is wanted", { failIfBodyNotMatchesRegexp: ["^ok$"] }, responding(200, "ok"), null],
  ["a redirect that is not followed", { followRedirects: false }, responding(302, "", { location: "/" }), "status 302"],
  ["a redirect to itself", {}, responding(302, "", { location: "/" }), "redirects over and over"],
  ["a redirect to what is no URL", {}, responding(302, "", { location: "ftp://x/" }), "no http or https URL"],
  [
    "a redirect to a metadata service",
    {},
    responding(302, "", { location: "http://169.254.169.254/" }),
    "metadata service",
  ],
])("%s", async (_what, http, respond, message) => {
  await using target = await TestTarget.start(respond);
  const { out, reason, values } = await probing()({ module: { prober: "http", http }, target: target.url });

  expect(out.failures.join("\n")).toContain(message ?? "");
  expect(out.failures).toHaveLength(message === null ? 0 : 1);
  expect(values["probe_success"]).toBe(message === null ? 1 : 0);
  const wanted = message?.includes("metadata") ? "forbidden" : "invalid";
  expect(reason).toBe(message === null ? null : wanted);
});

test("method, headers and body of the module are sent; a redirect after a POST is fetched with GET", async () => {
  await using target = await TestTarget.start((response, { url }) => {
    if (url === "/metrics") response.writeHead(303, { location: "/done" });
    response.end();
  });
  const http = { method: "POST", headers: { "x-key": "1" }, body: "{}" };
  const { reason, values } = await probing()({ module: { prober: "http", http }, target: target.url });

  expect(reason).toBeNull();
  expect(values["probe_http_redirects"]).toBe(1);
  expect(target.requests.map(({ method, url }) => `${method} ${url}`)).toEqual(["POST /metrics", "GET /done"]);
  expect(target.requests[0]!.headers).toMatchObject({ "x-key": "1", "content-length": "2" });
});

test("a target that refuses, or is silent beyond the module's timeout, has the same series", async () => {
  const silent = createServer((socket) => socket.resume()).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const target = `http://127.0.0.1:${port}/`;
  const late = await probing()({ module: { prober: "http", timeoutMs: 50 }, target });
  silent.close();
  await once(silent, "close");
  const refused = await probing()({ module: { prober: "http" }, target });

  expect(late.reason).toBe("timeout");
  expect(late.out.failures).toEqual([`127.0.0.1:${port} did not respond in time`]);
  expect(refused.reason).toBe("refused");
  expect(Object.keys(refused.values)).toEqual(Object.keys(late.values));
});

test("an endless body ends at 16 MiB", async () => {
  await using target = await TestTarget.start((response) => {
    const piece = Buffer.alloc(1024 * 1024, "x");
    const more = () => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", more);
    more();
  });
  const { out, reason } = await probing()({ module: { prober: "http" }, target: target.url });

  expect(reason).toBe("invalid");
  expect(out.failures[0]).toContain("is over 16 MiB");
});

test("to another origin go neither the module's headers nor its body", async () => {
  const bodies: string[] = [];
  await using other = await TestTarget.start((response, request) => {
    request.on("data", (piece) => bodies.push(String(piece)));
    request.on("end", () => response.end());
  });
  await using target = await TestTarget.start((response) => response.writeHead(307, { location: other.url }).end());
  const http = { method: "POST", headers: { authorization: "secret", cookie: "secret" }, body: "secret" };
  const { reason } = await probing()({ module: { prober: "http", http }, target: target.url });

  expect(reason).toBeNull();
  expect(target.requests[0]!.headers.authorization).toBe("secret");
  expect(JSON.stringify(other.requests[0]!.headers)).not.toContain("secret");
  expect(other.requests[0]!.method).toBe("POST");
  expect(bodies).toEqual([]);
});

test("a regular expression may begin with flags, and one that takes too long on a body ends", async () => {
  await using target = await TestTarget.start(responding(200, `AN ERROR ${"a".repeat(60)}!`));
  const probe = (pattern: string) =>
    probing()({ module: { prober: "http", http: { failIfBodyMatchesRegexp: [pattern] } }, target: target.url });

  expect((await probe("(?i)an error")).out.failures[0]).toContain("a body that matches (?i)an error");
  expect((await probe("(a+)+$")).out.failures[0]).toContain("a body that takes too long to compare with (a+)+$");
});

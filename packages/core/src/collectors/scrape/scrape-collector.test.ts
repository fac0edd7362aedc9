import { gzipSync } from "node:zlib";
import { expect, test } from "@jest/globals";
import { FullListener } from "./testing/full-listener.ts";
import { scraping } from "./testing/scraping.ts";
import { metrics, TestTarget } from "./testing/test-target.ts";

const PAGE =
  "# HELP node_load1 Load.\n# TYPE node_load1 gauge\nnode_load1 0.5\nunknown_things 3\n" +
  '# TYPE h histogram\nh_bucket{le="+Inf"} 2\nh_sum 1\nh_count 2\n';

test("a target's series and core metrics are collected, with those that Prometheus adds", async () => {
  await using target = await TestTarget.start(metrics(PAGE));
  const { out, reason } = await scraping()(target.url);

  expect(reason).toBeNull();
  expect(out.core("load1")).toBe(0.5);
  expect(Object.fromEntries(out.samples)).toEqual({
    node_load1: 0.5,
    unknown_things: 3,
    'h_bucket{le="+Inf"}': 2,
    h_sum: 1,
    h_count: 2,
    scrape_duration_seconds: expect.any(Number),
    scrape_samples_scraped: 5,
    up: 1,
  });
  expect(out.families.map(({ name, type }) => [name, type])).toEqual([
    ["node_load1", "gauge"],
    ["h", "histogram"],
    ["unknown_things", "untyped"],
    ["scrape_duration_seconds", "gauge"],
    ["scrape_samples_scraped", "gauge"],
    ["up", "gauge"],
  ]);
});

test("the next body may have other values and other series, over the same connection", async () => {
  await using target = await TestTarget.start(metrics("a 1\nb 2\n"));
  const collect = scraping();
  const samples = async (page: string) => {
    target.respond = metrics(page);
    const { out } = await collect(target.url);
    return [...out.samples].filter(([name]) => /^[abc]$/.test(name));
  };

  expect(await samples("a 1\nb 2\n")).toEqual([
    ["a", 1],
    ["b", 2],
  ]);
  expect(await samples("a 11\nb -2.5\n")).toEqual([
    ["a", 11],
    ["b", -2.5],
  ]);
  expect(await samples("a 1\nc 2\nb 3\n")).toEqual([
    ["a", 1],
    ["c", 2],
    ["b", 3],
  ]);
  expect(target.connections).toBe(1);
});

test("OpenMetrics and gzip are accepted", async () => {
  const page = gzipSync('# TYPE a counter\na_total 7 # {trace="x"} 1\n# EOF\n');
  await using target = await TestTarget.start((response) => {
    response.writeHead(200, {
      "content-type": "application/openmetrics-text; version=1.0.0",
      "content-encoding": "gzip",
    });
    response.end(page);
  });
  const { out } = await scraping()(target.url);

  expect(out.samples.get("a_total")).toBe(7);
  expect(out.families[0]).toEqual({ name: "a_total", type: "counter", help: "" });
  expect(target.requests[0]!.headers).toMatchObject({ "accept-encoding": "gzip", "user-agent": "cloud-monitor" });
});

test("a compressed body may have parts, and be longer than it says", async () => {
  const long = Array.from({ length: 500 }, (_, index) => `a{i="${index}"} 1\n`).join("");
  await using target = await TestTarget.start((response) => {
    response.writeHead(200, { "content-encoding": "gzip" });
    response.end(Buffer.concat([gzipSync(long), gzipSync("b 2\n")]));
  });
  const { out } = await scraping()(target.url);

  expect(out.samples.get("scrape_samples_scraped")).toBe(501);
});

test("a large compressed body is read, and one that only says it is", async () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `a{index="${index}"} ${index}\n`).join("");
  const small = gzipSync("b 2\n");
  small.writeUInt32LE(2 ** 30, small.length - 4);
  await using target = await TestTarget.start((response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(lines));
  });
  const collect = scraping();
  const large = await collect(target.url);
  target.respond = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(small);
  const lying = await collect(target.url);

  expect(large.out.samples.get("scrape_samples_scraped")).toBe(100_000);
  expect(lying.out.failures[0]).toContain("not valid gzip");
});

test("large bodies take turns; one whose connection breaks meanwhile does not keep its turn", async () => {
  const large = Buffer.from("a 1\n".repeat(400_000));
  await using target = await TestTarget.start((response, { url }) => {
    response.writeHead(200, { "content-length": large.length });
    if (url?.endsWith("whole")) response.end(large);
    else response.write(large.subarray(0, 1_500_000), () => response.destroy());
  });
  const collect = scraping();
  const paths = ["broken", "broken", "broken", "broken", "broken", "whole", "whole"];
  const results = await Promise.all(paths.map((path, index) => collect(`${target.url}?${index}${path}`)));
  const after = await Promise.all(Array.from({ length: 5 }, (_, index) => collect(`${target.url}?${index}whole`)));

  expect(results.map(({ reason }) => reason).slice(0, 5)).toEqual(Array.from({ length: 5 }, () => "unreachable"));
  // It has more samples than may be parsed: so far it came.
  for (const { out } of [...results.slice(5), ...after]) expect(out.failures[0]).toContain("more than 200000 samples");
});

test("a connection that the target closed after the last scrape is no failure", async () => {
  await using target = await TestTarget.start(metrics("a 1\n"));
  const collect = scraping();
  await collect(target.url);
  target.closeIdle();

  expect((await collect(target.url)).reason).toBeNull();
});

test.each([
  ["an error", 500, {}, "", "invalid", "responds with status 500"],
  ["a redirect", 302, { location: "http://169.254.169.254/" }, "", "invalid", "a redirect, which is not followed"],
  ["a page for people", 200, { "content-type": "text/html" }, "<p>", "invalid", "responds with HTML"],
  ["a page without a type", 200, {}, "<!DOCTYPE html>", "invalid", "responds with HTML"],
  ["anything else", 200, {}, "hello world\n", "invalid", "line 1 has no valid number"],
  ["an unknown encoding", 200, { "content-encoding": "br" }, "x", "invalid", "encoded as br"],
  ["two encodings", 200, { "content-encoding": "gzip, gzip" }, "x", "invalid", "encoded as gzip, gzip"],
  ["a damaged body", 200, { "content-encoding": "gzip" }, "x", "invalid", "not valid gzip"],
] as const)("%s is a failure that says so", async (_, status, headers, body, reason, message) => {
  await using target = await TestTarget.start((response) => response.writeHead(status, headers).end(body));
  const { out, reason: found } = await scraping()(target.url);

  expect(found).toBe(reason);
  expect(out.failures[0]).toContain(message);
  expect(out.samples.get("up")).toBe(0);
  expect(out.columns.size).toBe(0);
});

test("a body of 16 MiB, compressed or not, is the longest", async () => {
  const long = Buffer.alloc(17 * 1024 * 1024, "a 1\n");
  await using target = await TestTarget.start((response) => response.writeHead(200).end(long));
  const collect = scraping();
  const plain = await collect(target.url);
  target.respond = (response) => response.writeHead(200, { "content-encoding": "gzip" }).end(gzipSync(long));
  const compressed = await collect(target.url);

  for (const { out, reason } of [plain, compressed]) {
    expect(reason).toBe("invalid");
    expect(out.failures[0]).toContain("over 16 MiB");
  }
});

test("of more than 5,000 series the first ones are kept and all are counted", async () => {
  const page = Array.from({ length: 6_000 }, (_, index) => `a{i="${index}"} 1\n`).join("");
  await using target = await TestTarget.start(metrics(page));
  const { out } = await scraping()(target.url);

  expect(out.samples.size).toBe(5_000 + 3);
  expect(out.samples.get("scrape_samples_scraped")).toBe(6_000);
});

test("a target that sends nothing, or a byte now and then, ends with the deadline", async () => {
  await using target = await TestTarget.start((response) => {
    response.writeHead(200);
    response.write("a");
  });
  const deadline = new AbortController();
  const collecting = scraping()(target.url, deadline.signal);
  await target.asked();
  deadline.abort();

  expect((await collecting).out.written).toEqual([]);
});

test("a target that refuses the connection is named", async () => {
  const target = await TestTarget.start();
  const { port, url } = target;
  await target[Symbol.asyncDispose]();
  const { out, reason } = await scraping()(url);

  expect(reason).toBe("refused");
  expect(out.failures).toEqual([`127.0.0.1:${port} refused the connection`]);
});

test("an address that is not allowed is never connected to, whatever name it has", async () => {
  await using target = await TestTarget.start(metrics("a 1\n"));
  const collect = scraping({ allowLoopback: false, ownPort: 1 });
  const hosts = ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1"];
  const results = await Promise.all(hosts.map((host) => collect(`http://${host}:${target.port}/`)));
  const own = await scraping({ allowLoopback: true, ownPort: target.port })(target.url);

  expect([...results, own].map(({ reason }) => reason)).toEqual(Array.from({ length: 7 }, () => "forbidden"));
  expect(target.connections).toBe(0);
});

test("a name without an address is unresolved", async () => {
  const { out, reason } = await scraping()("http://no-such-host.invalid:9100/metrics");

  expect(reason).toBe("unresolved");
  expect(out.failures).toEqual(["no-such-host.invalid has no address"]);
});

test("slow targets of one address do not wait for each other", async () => {
  const waiting: (() => void)[] = [];
  await using target = await TestTarget.start((response) => {
    // All are answered once the last has arrived.
    waiting.push(() => response.end("a 1\n"));
    if (waiting.length === 20) for (const answer of waiting) answer();
  });
  const collect = scraping();
  const results = await Promise.all(Array.from({ length: 20 }, (_, index) => collect(`${target.url}?target=${index}`)));

  expect(results.map(({ reason }) => reason)).toEqual(results.map(() => null));
});

test("a target does not say itself whether it is up", async () => {
  await using target = await TestTarget.start(metrics("up 7\nscrape_samples_scraped 9\na 1\n"));
  const { out } = await scraping()(target.url);

  expect([...out.samples]).toEqual([
    ["a", 1],
    ["scrape_duration_seconds", expect.any(Number)],
    ["scrape_samples_scraped", 3],
    ["up", 1],
  ]);
});

test("a large body keeps its first series and those of core metrics, and counts all", async () => {
  const lines = Array.from({ length: 150_000 }, (_, index) => `s{index="${index}"} ${index}\n`);
  await using target = await TestTarget.start(metrics(`# TYPE s gauge\n${lines.join("")}node_load1 0.5\n`));
  const collect = scraping();
  const { out, reason } = await collect(target.url);
  const again = await collect(target.url);

  expect(reason).toBeNull();
  expect(out.samples.size).toBe(5_003);
  expect(out.samples.get('s{index="4999"}')).toBe(4_999);
  expect(out.samples.get("scrape_samples_scraped")).toBe(150_001);
  expect(out.core("load1")).toBe(0.5);
  expect(out.families[0]).toMatchObject({ name: "s", type: "gauge" });
  expect(again.out.samples.size).toBe(5_003);
});

test("with the deadline a collection ends, also while its connection is not established", async () => {
  // A listener with a full backlog: the kernel neither accepts nor refuses.
  await using full = await FullListener.start();
  const signal = AbortSignal.timeout(100);
  const { reason } = await scraping()(`http://127.0.0.1:${full.port}/metrics`, signal);

  // The thread reports the timeout; the collection itself writes nothing any more.
  expect(reason).toBeNull();
  expect(signal.aborted).toBe(true);
}, 5_000);

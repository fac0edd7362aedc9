import { expect, test } from "@jest/globals";
import { BUILT_IN_MODULES } from "../../model/target-definitions.ts";
import { loadInMemory, problemsInMemory } from "../testing/load-in-memory.ts";

const FILES = {
  "secrets/token": "t0ken",
  "secrets/password": "pass",
  "ca.pem": "PEM",
  "key.pem": "PEM",
  "cert.pem": "PEM",
};

/** `targets.yaml` with this text, as given by TARGETS_FILE. */
const given = (text: string, more: Readonly<Record<string, string | { text: string; mode: number }>> = {}) => ({
  env: { TARGETS_FILE: "targets.yaml" },
  files: { ...FILES, ...more, "targets.yaml": text },
});

const where = (line: number) => `/work-folder/targets.yaml:${line}`;

test("profiles and modules have absolute paths, milliseconds, and the built-in modules beside them", async () => {
  const { targets } = await loadInMemory(
    given(`
profiles:
  shop:
    hosts: ["*.shop.internal", 10.0.0.0/8]
    bearer_token_file: secrets/token
    tls_config: { ca_file: ca.pem, cert_file: cert.pem, key_file: key.pem, server_name: shop }
    follow_redirects: true
    keep: ["node_.*"]
  plain: {}
modules:
  login:
    prober: http
    timeout: 1.5s
    http: { valid_status_codes: [200, 401], headers: { X-Some_Key: v }, fail_if_body_matches_regexp: ["err"] }
  icmp: { prober: icmp, timeout: 500ms }
  zone: { prober: dns, dns: { query_name: example.com, query_type: SOA, validate_answer_rrs: { fail_if_matches_regexp: [x] } } }
`),
  );

  expect(targets.profiles).toEqual({
    shop: {
      hosts: ["*.shop.internal", "10.0.0.0/8"],
      bearerTokenFile: "/work-folder/secrets/token",
      tlsConfig: {
        caFile: "/work-folder/ca.pem",
        certFile: "/work-folder/cert.pem",
        keyFile: "/work-folder/key.pem",
        serverName: "shop",
      },
      followRedirects: true,
      keep: ["node_.*"],
    },
    plain: { hosts: [] },
  });
  expect(targets.modules).toEqual({
    ...BUILT_IN_MODULES,
    login: {
      prober: "http",
      timeoutMs: 1_500,
      http: { validStatusCodes: [200, 401], headers: { "X-Some_Key": "v" }, failIfBodyMatchesRegexp: ["err"] },
    },
    icmp: { prober: "icmp", timeoutMs: 500 },
    zone: {
      prober: "dns",
      dns: { queryName: "example.com", queryType: "SOA", validateAnswerRrs: { failIfMatchesRegexp: ["x"] } },
    },
  });
});

test("without a file there are the built-in modules", async () => {
  expect((await loadInMemory()).targets).toEqual({ profiles: {}, modules: BUILT_IN_MODULES });
});

test.each([
  [
    "an unknown key",
    "profiles:\n  a:\n    host: [x]\n",
    3,
    '"profiles.a.host" not allowed here',
    'did you mean "hosts"?',
  ],
  [
    "another type",
    "modules:\n  a:\n    prober: htp\n",
    3,
    '"modules.a.prober" must be one of http, tcp, dns, icmp',
    "",
  ],
  ["a missing key", "modules:\n  b: {prober: tcp}\n  a:\n    timeout: 5s\n", 4, '"modules.a.prober" is missing', ""],
  ["a bad regular expression", "profiles:\n  a:\n    keep: ['(']\n", 3, "must be a regular expression", ""],
  ["a bad name", "profiles:\n  'a b': {}\n", 2, '"profiles.a b" not allowed here', ""],
  [
    "options of another prober",
    "modules:\n  a:\n    prober: tcp\n    http: {}\n",
    4,
    '"http" has no effect',
    "prober is tcp",
  ],
  ["a DNS module without a name", "modules:\n  a: {prober: dns}\n", 2, '"dns" is missing', "query_name"],
  ["credentials for every host", "profiles:\n  a:\n    bearer_token_file: secrets/token\n", 3, "is missing", "hosts"],
  [
    "no such file",
    "profiles:\n  a:\n    hosts: [x]\n    bearer_token_file: gone\n",
    4,
    "no such file: /work-folder/gone",
    "",
  ],
  ["a network that is none", "profiles:\n  a:\n    hosts: [10.0.0.0/33]\n", 3, "must be a host name", "10.0.0.0/8"],
  [
    "half of a key pair",
    "profiles:\n  a:\n    hosts: [x]\n    tls_config: {cert_file: cert.pem}\n",
    4,
    "key_file belong",
    "",
  ],
  ["what is no YAML", "profiles: [\n", 2, "invalid YAML", ""],
])("%s is refused with its line", async (_what, text, line, message, more) => {
  const problems = await problemsInMemory(given(text));

  expect(problems).toHaveLength(1);
  expect(problems[0]!.where.replace(/(:\d+):\d+$/, "$1")).toBe(where(line));
  expect(problems[0]!.message).toContain(message);
  expect(problems[0]!.message).toContain(more);
});

test("two sources of credentials, and a secret that everyone can read, are refused", async () => {
  const text =
    "profiles:\n  a:\n    hosts: [x]\n    bearer_token_file: open\n    basic_auth: {username: u, password_file: secrets/password}\n";
  const problems = await problemsInMemory(given(text, { open: { text: "t", mode: 0o644 } }));

  expect(problems.map(({ where: place, message }) => [place, message.split(/[;:]/)[0]])).toEqual([
    [where(5), "bearer_token_file gives credentials too"],
    [where(4), "/work-folder/open contains a secret and is readable by everyone"],
  ]);
});

test("a file that does not exist is named", async () => {
  const problems = await problemsInMemory({ env: { TARGETS_FILE: "gone.yaml" } });

  expect(problems).toEqual([{ where: "/work-folder/gone.yaml", message: "no such file" }]);
});

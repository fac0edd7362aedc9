import { expect, test } from "@jest/globals";
import { NO_DEFINITIONS } from "../../model/target-definitions.ts";
import { InstancesFile } from "./instances-file.ts";

function fileOf() {
  return new InstancesFile({
    path: "instances.yaml",
    rules: () => ({ targets: { allowLoopback: false, ownPort: 8080 }, definitions: NO_DEFINITIONS }),
    defaultInterval: () => 15,
    yieldToLoop: async () => {},
  });
}

test("instances have the defaults of the API, and the source of the file", async () => {
  const { instances } = await fileOf().parse(`
- name: web-1
  ip: 10.0.0.1
  kind: scrape
  interval: 30
  labels: {zone: fr-par-1}
- {name: page, ip: 10.0.0.2, kind: probe, target: "https://shop.example.com/"}
`);

  const rest = { profile: null, simulation: null, source: "discovery:file" };
  expect(instances).toEqual([
    {
      ...rest,
      name: "web-1",
      ip: "10.0.0.1",
      kind: "scrape",
      interval: 30,
      target: null,
      module: null,
      labels: { zone: "fr-par-1" },
    },
    {
      ...rest,
      name: "page",
      ip: "10.0.0.2",
      kind: "probe",
      interval: 15,
      target: "https://shop.example.com/",
      module: "http_2xx",
      labels: {},
    },
  ]);
});

test.each([
  ["cut inside a line", "- name: a\n  ip: 10.0.0.1\n- name: b\n  ip: 10.0", 4, "the last line does not end"],
  ["cut inside an entry", "- name: a\n  ip: 10.0.0.1\n- name: b\n", 3, '"ip" is missing'],
  ["cut before the labels", "- name: b\n  ip: 10.0.0.1\n  labels:\n", 3, '"labels" must be an object'],
  ["an unknown key", "- name: a\n  ip: 10.0.0.1\n  intervall: 5\n", 3, 'did you mean "interval"?'],
  ["a bad value", "- name: a\n  ip: 10.0.0.1\n\n# second\n- name: b\n  ip: 10.0.0.300\n", 6, '"ip" must be an IPv4'],
  ["what may not be connected to", "- {name: a, ip: 169.254.169.254, kind: scrape}\n", 1, "metadata service"],
  [
    "an unknown module",
    "- name: x\n  ip: a\n- {name: a, ip: 10.0.0.1, kind: probe, module: x}\n",
    3,
    '"module" must be',
  ],
  ["a name twice", "- {name: a, ip: 10.0.0.1}\n- {name: a, ip: 10.0.0.2}\n", 2, "the name of line 1 again"],
  ["what is no instance", "- just text\n", 1, "must be an object of name"],
  ["what is no YAML", "- name: a\n  ip: [\n", 2, "invalid YAML"],
  ["what is no list", "web-1: 10.0.0.1\n", 1, "wanted a list of instances"],
])("%s is refused with its line, and nothing of the file counts", async (_what, text, line, message) => {
  const { instances, problems } = await fileOf().parse(text);

  expect(instances).toBeNull();
  expect(problems).toHaveLength(1);
  expect(problems[0]!.where).toBe(`instances.yaml:${line}`);
  expect(problems[0]!.message).toContain(message);
});

test("after a change of one entry in a thousand, only that one is parsed", async () => {
  let yields = 0;
  const file = new InstancesFile({
    path: "instances.yaml",
    rules: () => ({ targets: { allowLoopback: false, ownPort: 8080 }, definitions: NO_DEFINITIONS }),
    defaultInterval: () => 5,
    yieldToLoop: async () => void yields++,
  });
  const entries = Array.from({ length: 1_000 }, (_, index) => `- name: i-${index}\n  ip: 10.0.0.${index % 250}\n`);

  await file.parse(entries.join(""));
  const atFirst = yields;
  entries[500] = "- name: i-500\n  ip: 10.9.9.9\n";
  const { instances } = await file.parse(entries.join(""));

  expect(atFirst).toBe(20);
  expect(yields).toBe(atFirst);
  expect(instances?.[500]?.ip).toBe("10.9.9.9");
});

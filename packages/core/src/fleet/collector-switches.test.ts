import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { defaultOptions } from "../collectors/testing/default-options.ts";
import type { HostOptions } from "../collectors/registry.ts";
import { silentLogger } from "../model/logger.ts";
import { CollectorSwitches } from "./collector-switches.ts";

let stateDir: string;
let enabled: readonly string[];
let warnings: string[];

beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), "cloud-monitor-switches-"));
  enabled = [];
  warnings = [];
});

afterEach(() => rmSync(stateDir, { recursive: true }));

function switchesOf(settings: Partial<HostOptions> = {}): CollectorSwitches {
  return new CollectorSwitches({
    stateDir,
    host: { ...defaultOptions(), ...settings },
    logger: { ...silentLogger, warn: (_message, facts) => void warnings.push(String(facts?.["error"])) },
    onChange: (names) => (enabled = names),
  });
}

const find = (switches: CollectorSwitches, name: string) => switches.list().find((one) => one.name === name);

test("without a change the settings decide", () => {
  const switches = switchesOf({ collectorsEnabled: ["tcpstat"], collectorsDisabled: ["hwmon"] });

  expect(["cpu", "processes", "tcpstat", "hwmon"].map((name) => find(switches, name))).toEqual([
    { name: "cpu", enabled: true, origin: "default" },
    { name: "processes", enabled: false, origin: "default" },
    { name: "tcpstat", enabled: true, origin: "setting" },
    { name: "hwmon", enabled: false, origin: "setting" },
  ]);
});

test("a change takes effect at once, and over a restart, until it is taken back", async () => {
  const switches = switchesOf();
  await switches.change({ processes: true, cpu: false });
  const now = enabled;
  enabled = [];
  const restarted = switchesOf();
  await restarted.load();
  const later = enabled;
  await restarted.change({ processes: null, cpu: null });

  expect(now).toContain("processes");
  expect(now).not.toContain("cpu");
  expect(later).toEqual(now);
  expect(find(switches, "cpu")).toEqual({ name: "cpu", enabled: false, origin: "api" });
  expect(find(restarted, "cpu")).toEqual({ name: "cpu", enabled: true, origin: "default" });
  expect(enabled).not.toContain("processes");
  expect(readFileSync(join(stateDir, "collectors.json"), "utf8")).toBe("{}\n");
});

test("a setting takes precedence, also over what was switched before it was set", async () => {
  await switchesOf().change({ processes: true });
  const switches = switchesOf({ collectorsDisabled: ["processes", "arp"] });
  await switches.load();

  const change = switches.change({ processes: true, cpu: false, arp: true });

  await expect(change).rejects.toMatchObject({
    code: "COLLECTOR_FIXED",
    details: [{ where: "/collectors/processes" }, { where: "/collectors/arp" }],
  });
  expect(enabled).not.toContain("processes");
  expect(enabled).toContain("cpu");
});

test("changes at the same time are both kept", async () => {
  const switches = switchesOf();
  await Promise.all([switches.change({ processes: true }), switches.change({ tcpstat: true })]);

  expect(JSON.parse(readFileSync(join(stateDir, "collectors.json"), "utf8"))).toEqual({
    processes: true,
    tcpstat: true,
  });
  expect(enabled).toEqual(expect.arrayContaining(["processes", "tcpstat"]));
});

test("what cannot be saved does not take effect", async () => {
  mkdirSync(join(stateDir, "collectors.json.tmp"));
  const switches = switchesOf();

  await expect(switches.change({ processes: true })).rejects.toMatchObject({ code: "STATE_NOT_SAVED" });
  expect(enabled).toEqual([]);
  expect(find(switches, "processes")).toMatchObject({ enabled: false });
  expect(existsSync(join(stateDir, "collectors.json"))).toBe(false);
});

test.each(["", "[", '{"cpu": 1}', "null", "7"])("the file %j is reported, and the settings decide", async (text) => {
  writeFileSync(join(stateDir, "collectors.json"), text);
  const switches = switchesOf();
  await switches.load();

  expect(warnings).toHaveLength(text === "7" ? 0 : 1);
  expect(find(switches, "cpu")).toEqual({ name: "cpu", enabled: true, origin: "default" });
});

test("names of collectors that no longer exist are ignored, and the file is private", async () => {
  writeFileSync(join(stateDir, "collectors.json"), '{"gone": true, "processes": true}');
  chmodSync(join(stateDir, "collectors.json"), 0o600);
  const switches = switchesOf();
  await switches.load();

  expect(enabled).toContain("processes");
  expect(enabled).not.toContain("gone");
});

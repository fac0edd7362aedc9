import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse, stringify } from "yaml";
import { needs } from "../support/programs.ts";
import { runProgram } from "../support/run-program.ts";
import type { ProgramRun } from "../support/run-program.ts";
import { ALERTING_RULES, PROMETHEUS_FOLDER } from "./rule-files.ts";

interface Configuration {
  readonly route: {
    readonly group_by: readonly string[];
    readonly routes: readonly { readonly group_by?: string[] }[];
  };
  readonly receivers: readonly { readonly name: string }[];
}

const CONFIG = `${PROMETHEUS_FOLDER}alertmanager.yml`;
const TEXT = readFileSync(CONFIG, "utf8");
const SHIPPED = parse(TEXT) as Configuration;
const withAmtool = needs("amtool");

withAmtool("amtool check-config finds configuration and templates right", async () => {
  const { code, stdout } = await amtool("check-config", CONFIG);

  expect(stdout).toMatch(/ - 1 templates\n\s+SUCCESS/);
  expect(code).toBe(0);
});

for (const [labels, receivers] of [
  ["severity=critical alertname=ZoneOutage zone=a", "webhook,pagerduty,slack,email"],
  ["severity=critical alertname=HostDown", "webhook,pagerduty,slack,email"],
  ["severity=warning alertname=InstanceDown zone=a", "webhook,slack,email"],
  ["severity=info alertname=ConfigReloadFailed", "webhook,digest"],
  ["alertname=Foreign", "webhook,digest"],
] as const) {
  withAmtool(`an alert with ${labels} goes to ${receivers}`, async () => {
    const args = ["config", "routes", "test", `--config.file=${CONFIG}`, `--verify.receivers=${receivers}`];
    const { code, stdout } = await amtool(...args, ...labels.split(" "));

    expect(stdout.trim()).toBe(receivers);
    expect(code).toBe(0);
  });
}

for (const { name } of SHIPPED.receivers) {
  withAmtool(`the channel ${name} can be switched off by leaving only its name`, async () => {
    const receivers = SHIPPED.receivers.map((receiver) => (receiver.name === name ? { name } : receiver));
    const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-amtool-"));
    writeFileSync(join(folder, "alertmanager.yml"), stringify({ ...SHIPPED, receivers, templates: [] }));

    const { code, stderr } = await amtool("check-config", join(folder, "alertmanager.yml"));
    rmSync(folder, { recursive: true });

    expect(stderr).toBe("");
    expect(code).toBe(0);
  });
}

withAmtool("a message has ten alerts, says how many more there are, and where to read on", async () => {
  const alert = { status: "firing", labels: {}, startsAt: "2026-01-01T00:00:00Z" };
  const alerts = Array.from({ length: 13 }, (_, index) => ({
    ...alert,
    annotations: { summary: `web-${index} is down` },
  }));
  const message = {
    status: "firing",
    commonLabels: { alertname: "InstanceDown", severity: "warning", zone: "fr-par-1" },
    commonAnnotations: { runbook_url: "https://example.org/alerts.md#instancedown" },
    alerts,
  };

  const text = await rendered(message, '{{ template "cloud_monitor.text" . }}');
  const title = await rendered(message, '{{ template "cloud_monitor.title" . }}');

  expect(title.trim()).toBe("[FIRING warning] InstanceDown in fr-par-1 (13)");
  expect(text.match(/^- web-\d+ is down$/gm)).toHaveLength(10);
  expect(text).toContain("and 3 more");
  expect(text).toContain("What to do: https://example.org/alerts.md#instancedown");
});

for (const [base, link] of [
  ["https://example.org/alerts.md", "https://example.org/alerts.md#instancedown"],
  ["docs/alerts.md", ""],
] as const) {
  withAmtool(`a runbook at ${base} is ${link === "" ? "no link" : "a link"} of a message`, async () => {
    const message = { status: "firing", commonAnnotations: { runbook_url: `${base}#instancedown` }, alerts: [] };

    expect((await rendered(message, '{{ template "cloud_monitor.runbook" . }}')).trim()).toBe(link);
  });
}

test("no route groups by instance", () => {
  const groups = [SHIPPED.route.group_by, ...SHIPPED.route.routes.map((route) => route.group_by ?? [])];

  expect(SHIPPED.route.group_by).toEqual(["alertname", "zone"]);
  expect(groups.flat()).not.toContain("instance");
});

test("secrets are read from files only", () => {
  const inline = TEXT.match(/^[^#\n]*\b(api_url|routing_key|service_key|password|auth_password|credentials):/gm);

  expect(inline).toBeNull();
  expect(TEXT).toContain("api_url_file: /");
  expect(TEXT).toContain("routing_key_file: /");
});

test("inhibition names alerts that exist", () => {
  const named = [...TEXT.matchAll(/alertname (?:!?=~?) "?([\w|]+)/g)].flatMap(([, names]) => names!.split("|"));

  expect(named).toHaveLength(9);
  expect(ALERTING_RULES.map(({ alert }) => alert)).toEqual(expect.arrayContaining(named));
});

async function rendered(message: unknown, text: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-amtool-"));
  const data = join(folder, "data.json");
  writeFileSync(data, JSON.stringify(message));
  const glob = `--template.glob=${PROMETHEUS_FOLDER}templates/*.tmpl`;
  const { stdout } = await amtool("template", "render", glob, `--template.data=${data}`, `--template.text=${text}`);
  rmSync(folder, { recursive: true });
  return stdout;
}

function amtool(...args: readonly string[]): Promise<ProgramRun> {
  return runProgram("amtool", { args });
}

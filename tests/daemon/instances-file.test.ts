import { mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { cloudctl } from "../support/cloudctl.ts";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";

interface Listed {
  readonly id: number;
  readonly name: string;
  readonly source: string;
  readonly ip: string;
}

const COUNT = 200;
const folder = mkdtempSync(join(tmpdir(), "cloud-monitor-instances-"));
const path = join(folder, "instances.yaml");
let daemon: TestDaemon;

/** As a careful writer does: the daemon never sees half of it. */
function write(text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const entry = (index: number, ip = "10.0.0.1") => `- name: i-${index}\n  ip: ${ip}\n  interval: 60\n`;
const entries = (count: number) => Array.from({ length: count }, (_, index) => entry(index)).join("");

async function instances(): Promise<readonly Listed[]> {
  const { items } = await daemon.json<{ readonly items: Listed[] }>("/instances?limit=1000");
  return items.filter(({ id }) => id > 0);
}

/** Without what changes by itself. */
const defined = async () => (await instances()).map(({ id, name, ip, source }) => ({ id, name, ip, source }));

const problems = async () => (await daemon.json<{ readonly problems: string[] }>("/health")).problems;

beforeAll(async () => {
  write(entries(COUNT));
  daemon = new TestDaemon({ env: { STORAGE: "memory", INSTANCES_FILE: path } });
  await daemon.ready();
});

afterAll(async () => {
  await daemon?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe("a file of instances", () => {
  test("is read at the start and followed: changes, removals and additions", async () => {
    const before = await eventually(instances, ({ length }) => length === COUNT);
    write(`${entry(0, "10.9.9.9")}${entries(COUNT - 1).slice(entry(0).length)}${entry(COUNT)}`);
    const after = await eventually(instances, (found) => found.some(({ name }) => name === `i-${COUNT}`));

    expect(before[0]).toMatchObject({ id: 1, name: "i-0", ip: "10.0.0.1", source: "discovery:file" });
    expect(after[0]).toMatchObject({ id: 1, name: "i-0", ip: "10.9.9.9" });
    expect(after.map(({ name }) => name)).not.toContain(`i-${COUNT - 1}`);
    expect(after).toHaveLength(COUNT);
  });

  test("its instances are changed there only; others are not affected", async () => {
    const [first] = await instances();
    const change = await daemon.send("PATCH", `/instances/${first!.id}`, { interval: 5 });
    const removal = await daemon.send("DELETE", `/instances/${first!.id}`);

    expect([change.status, removal.status]).toEqual([409, 409]);
    expect(await change.json()).toMatchObject({
      code: "INSTANCE_MANAGED",
      detail: expect.stringContaining(`discovery:file has this instance, or one of these; change it there: ${path}`),
    });
    const created = await daemon.send("POST", "/instances", { name: "own", ip: "10.0.0.1", labels: { of: "me" } });
    expect(created.status).toBe(201);
    expect((await daemon.send("DELETE", "/instances?label=of=me")).status).toBe(200);
  });

  test("what is wrong with it shows in the health, with the line, and nothing changes", async () => {
    const before = await defined();
    write(`${entries(3)}- name: cut\n`);
    const found = await eventually(problems, ({ length }) => length > 0);

    expect(found).toEqual([`discovery:file failed: ${path}:10: "ip" is missing`]);
    expect(await defined()).toEqual(before);

    const { stdout, code } = await cloudctl(await daemon.url(), ["discovery"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^SOURCE +INSTANCES .*\nfile .*\nfile: .*:10: "ip" is missing\n$/);
  });

  test("a change that removes most of them is held until it is accepted", async () => {
    write(entries(3));
    const found = await eventually(problems, ([first = ""]) => first.includes("held"));

    expect(found).toEqual([
      `discovery:file: a change that removes ${COUNT - 3} of ${COUNT} instances is held; \`cloudctl discovery accept file\` applies it`,
    ]);
    expect(await instances()).toHaveLength(COUNT);
    expect(await daemon.metric("cloud_monitor_discovery_held_removals")).toBe(COUNT - 3);

    const url = await daemon.url();
    const accepted = await cloudctl(url, ["discovery", "accept", "file"]);
    expect(accepted).toMatchObject({ code: 0, stderr: "" });
    expect(await instances()).toHaveLength(3);
    expect(await problems()).toEqual([]);

    const again = await cloudctl(url, ["discovery", "accept", "file"]);
    expect(again.code).not.toBe(0);
    expect(again.stderr).toContain("No change of this source is held");
  });
});

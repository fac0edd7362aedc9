import { afterEach, describe, expect, test } from "@jest/globals";
import type { Health, History, Instance, InstanceMetrics } from "@cloud-monitor/client";
import { cloudctl } from "../support/cloudctl.ts";
import { TestDaemon } from "../support/daemon.ts";
import { eventually } from "../support/eventually.ts";
import type { ProgramRun } from "../support/run-program.ts";

let daemon: TestDaemon;

async function start(env: Readonly<Record<string, string>> = {}) {
  daemon = new TestDaemon({ env: { STORAGE: "memory", DEFAULT_INTERVAL: "1", ...env } });
  const url = await daemon.url();
  return (...args: string[]): Promise<ProgramRun> => cloudctl(url, args);
}

afterEach(() => daemon.dispose());

/** The output of a run without other messages. */
async function parsed<T>(running: Promise<ProgramRun>): Promise<T> {
  const { code, stdout, stderr } = await running;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  return JSON.parse(stdout) as T;
}

describe("cloudctl against a running daemon", () => {
  test("adds, lists, shows and removes an instance", async () => {
    const run = await start();

    const added = await parsed<Instance>(run("add", "web-1", "10.0.0.1", "-l", "zone=a", "-o", "json"));
    await run("add", "db-1", "10.0.0.2", "--interval", "1m", "--fault", "throw");
    const listed = await eventually(
      () => parsed<Instance[]>(run("list", "-o", "json")),
      (instances) => instances.every(({ status }) => status !== "pending"),
    );
    const labelled = await parsed<Instance[]>(run("list", "-l", "zone=a", "-o", "json"));
    const metrics = await parsed<InstanceMetrics>(run("metrics", "1", "-o", "json"));
    const history = await eventually(
      () => parsed<History>(run("history", "1", "--from", "1m", "--step", "1s", "-m", "up", "-o", "json")),
      ({ points }) => points.length >= 2,
    );
    const removed = await parsed<unknown>(run("remove", "1", "2", "-o", "json"));
    const gone = await run("metrics", "1");

    expect(added).toMatchObject({ id: 1, name: "web-1", interval: 1, labels: { zone: "a" } });
    expect(listed.map(({ id, status }) => [id, status])).toEqual([
      [0, "up"],
      [1, "up"],
      [2, "down"],
    ]);
    expect(labelled.map(({ id }) => id)).toEqual([1]);
    expect(metrics).toMatchObject({ instanceId: 1, status: "up", cpuUsage: expect.any(Number) });
    expect(history.points.every(([, up]) => up === 1)).toBe(true);
    expect(removed).toEqual([
      { id: 1, removed: true, reason: null },
      { id: 2, removed: true, reason: null },
    ]);
    expect(gone).toMatchObject({ code: 3, stdout: "" });
    expect(gone.stderr).toMatch(/^cloudctl: .+\n/);
  });

  test("fills the daemon with a demo fleet and empties it again", async () => {
    const run = await start();

    const filled = await parsed<object>(run("simulate", "200", "--interval", "1m", "-o", "json"));
    const count = await daemon.metric("cloud_monitor_instances");
    const health = await parsed<Health & { ready: boolean }>(run("health", "-o", "json"));
    const emptied = await parsed<object>(run("simulate", "--remove", "-o", "json"));
    const left = await daemon.metric("cloud_monitor_instances");

    expect(filled).toEqual({ added: 200, refused: 0, label: "fleet=demo" });
    expect(count).toBe(201);
    expect(health).toMatchObject({ status: "ok", ready: true, instances: { total: 201 } });
    expect(emptied).toEqual({ removed: 200, label: "fleet=demo" });
    expect(left).toBe(1);
  });

  test("prints the same data as table, JSON and YAML, on stdout alone", async () => {
    const run = await start();
    await run("add", "web-1", "10.0.0.1");

    const [table, json, yaml] = await Promise.all([run("list"), run("list", "-o", "json"), run("list", "-o", "yaml")]);

    for (const one of [table, json, yaml]) expect(one).toMatchObject({ code: 0, stderr: "" });
    expect(table.stdout.split("\n")[0]).toMatch(/^ID +NAME +IP +KIND +STATUS +FOR +INTERVAL +LABELS/);
    expect(table.stdout).toMatch(/^ *1 +web-1 +10\.0\.0\.1 +simulated +(up|pending) +\d+s +1s/m);
    expect(json.stdout).toMatch(/"name": ?"web-1"/);
    expect(yaml.stdout).toMatch(/^ {2}name: web-1$/m);
    // No escape sequences in a pipe.
    expect(table.stdout).not.toContain("\u001B");
  });

  test("accepts values and names that begin with a dash, and lists only ids for scripts", async () => {
    const run = await start();

    const added = await parsed<Instance>(run("add", "-o", "json", "-l", "note=-x", "--", "-dash", "10.0.0.7"));
    await run("add", "web-1", "10.0.0.1");
    const [history, ids, none] = await Promise.all([
      parsed<History>(run("history", "0", "--from", "-1h", "-m", "up", "-ojson")),
      run("list", "-q", "--kind", "simulated"),
      run("list", "--quiet", "-l", "zone=nowhere"),
    ]);
    const removed = await parsed<unknown[]>(run("remove", "-o", "json", "1", "--", "2"));

    expect(added).toMatchObject({ id: 1, name: "-dash", labels: { note: "-x" } });
    expect(Date.parse(history.to) - Date.parse(history.from)).toBe(3_600_000);
    expect(ids).toEqual({ code: 0, stdout: "1\n2\n", stderr: "" });
    expect(none).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(removed).toHaveLength(2);
  });

  test("exit codes distinguish an invalid command line, an unknown id and no response", async () => {
    const run = await start();

    const [command, option, address, unknown, silent] = await Promise.all([
      run("lst"),
      run("list", "--sort", "colour"),
      run("add", "bad", "not an address"),
      run("remove", "77"),
      cloudctl("http://127.0.0.1:1", ["list"]),
    ]);

    expect([command, option, address, unknown, silent].map(({ code }) => code)).toEqual([2, 2, 1, 3, 5]);
    expect(command.stderr).toContain('did you mean "list"');
    expect(address.stderr).toContain("ip: must be an IPv4 or IPv6 address");
    expect(silent.stderr).toContain("does not respond");
    for (const { stdout } of [command, option, address, silent]) expect(stdout).toBe("");
  });

  test("a token is required, and works", async () => {
    const token = "a-token-of-more-than-thirty-two-characters";
    await start({ API_TOKEN: token });
    const url = await daemon.url();

    const [none, wrong, right] = await Promise.all([
      cloudctl(url, ["list"]),
      cloudctl(url, ["list"], { CLOUDCTL_TOKEN: `${token}x` }),
      cloudctl(url, ["list", "-o", "json"], { CLOUDCTL_TOKEN: token }),
    ]);

    expect([none, wrong, right].map(({ code }) => code)).toEqual([4, 4, 0]);
    expect(none.stderr).toContain("CLOUDCTL_TOKEN");
    expect(`${wrong.stdout}${wrong.stderr}`).not.toContain(token);
  });

  test("health exits with 6 while the database is unavailable", async () => {
    const run = await start({ STORAGE: "postgres", DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none" });

    const health = await run("health", "-o", "json");
    const refused = await run("add", "web-1", "10.0.0.1");

    expect(health.code).toBe(6);
    expect(JSON.parse(health.stdout)).toMatchObject({
      status: "degraded",
      ready: false,
      storage: { available: false },
    });
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(/try again in \d+ s/);
  });
});

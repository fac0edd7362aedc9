import { afterEach, describe, expect, it } from "@jest/globals";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { isCloudMonitorError } from "../model/errors.ts";
import type { Config } from "./config.ts";
import { formatProblems } from "./format-problems.ts";
import { loadConfig } from "./load-config.ts";
import { defaultOptions } from "../collectors/testing/default-options.ts";
import { loadInMemory, problemsInMemory } from "./testing/load-in-memory.ts";
import type { GivenSources } from "./testing/load-in-memory.ts";

async function configOf(given: GivenSources): Promise<Config> {
  return (await loadInMemory(given)).config;
}

describe("defaults", () => {
  it("fill every place of the configuration", async () => {
    const { config, origins } = await loadInMemory();

    expect(config).toEqual({
      http: { host: "127.0.0.1", port: 8080, apiToken: null, insecureNoAuth: false },
      stateDir: "/work-folder/var",
      storage: {
        kind: "postgres",
        databaseUrl: null,
        poolSize: 4,
        retentionRawMs: 86_400_000,
        retentionEventsMs: 34_560_000_000,
        queueRowsMax: 1_000_000,
        memoryRowsMax: 1_000_000,
      },
      instances: {
        defaultInterval: 5,
        hostName: hostname(),
        file: null,
        discoveryFile: null,
        removalGraceMs: 300_000,
        removalLimitPercent: 20,
      },
      shards: { threads: Math.max(1, availableParallelism() - 1), heapMaxMiB: 256, collectTimeoutMs: 10_000 },
      host: { ...defaultOptions(), timeZone: "/etc/localtime" },
      targets: { allowLoopback: false, file: null },
      metrics: { cacheTtlMs: 1000, instancesMax: 1000, labels: [], listenAddresses: [], telemetryPath: "/metrics" },
      log: { level: "info", format: "auto" },
      process: {
        daemonize: false,
        pidFile: "/work-folder/var/cloud-monitor.pid",
        logFile: "/work-folder/var/cloud-monitor.log",
      },
    } satisfies Config);
    expect(new Set(origins.values())).toEqual(new Set(["default"]));
  });

  it("of files follow the state folder", async () => {
    const { process } = await configOf({ argv: ["--state-dir=/srv/state"] });

    expect(process.pidFile).toBe("/srv/state/cloud-monitor.pid");
  });
});

describe("the result", () => {
  it("is frozen all the way down and its expressions still work", async () => {
    const config = await configOf({});

    expect(() => Object.assign(config.http, { port: 1 })).toThrow(TypeError);
    expect(() => Object.assign(config.host.collectorsDisabled, { 0: "cpu" })).toThrow(TypeError);
    expect(config.host.diskDevicesExclude.test("sda1")).toBe(true);
    expect(config.host.diskDevicesExclude.test("sda")).toBe(false);
  });
});

describe("the time zone", () => {
  it.each([
    [{}, "/etc/localtime"],
    [{ TZ: "" }, "UTC0"],
    [{ TZ: ":Asia/Tokyo" }, ":Asia/Tokyo"],
    [{ TZ: "<+0330>-3:30" }, "<+0330>-3:30"],
  ])("is the C library's: %j gives %s", async (env, timeZone) => {
    expect((await configOf({ env })).host.timeZone).toBe(timeZone);
  });
});

describe("precedence", () => {
  const sources: [string, GivenSources, number, string][] = [
    ["cloud-monitor.yaml:2", { files: { "cloud-monitor.yaml": "http:\n  port: 1001\n" } }, 1001, "over the default"],
    [".env:2", { files: { ".env": "\nHTTP_PORT=1002\n" } }, 1002, "over YAML"],
    ["environment HTTP_PORT", { env: { HTTP_PORT: "1003" } }, 1003, "over .env"],
    ["environment CLOUD_MONITOR_HTTP_PORT", { env: { CLOUD_MONITOR_HTTP_PORT: "1004" } }, 1004, "over the short name"],
    ["--http-port", { argv: ["--http-port", "1005"] }, 1005, "over the environment"],
  ];

  it.each(sources.map((source, index) => [source[0], source[3], index] as const))(
    "%s wins %s",
    async (_, __, index) => {
      const upTo = sources.slice(0, index + 1).map(([, given]) => given);

      const { config, origins } = await loadInMemory({
        argv: upTo.flatMap(({ argv = [] }) => argv),
        env: Object.assign({}, ...upTo.map(({ env }) => env)),
        files: Object.assign({}, ...upTo.map(({ files }) => files)),
      });

      expect(config.http.port).toBe(sources[index]?.[2]);
      expect(origins.get("http.port")).toBe(sources[index]?.[0]);
    },
  );

  it("counts an empty variable as not set", async () => {
    const config = await configOf({ env: { HTTP_PORT: "" }, files: { ".env": "LOG_LEVEL=\n" } });

    expect(config.http.port).toBe(8080);
    expect(config.log.level).toBe("info");
  });

  it("reads the YAML file that a flag names rather than the one of the environment", async () => {
    const files = { "a.yaml": "http: {port: 1}", "b.yaml": "http: {port: 2}", "cloud-monitor.yaml": "http: {port: 3}" };

    expect((await configOf({ files, env: { CLOUD_MONITOR_CONFIG: "a.yaml" } })).http.port).toBe(1);
    expect(
      (await configOf({ files, env: { CLOUD_MONITOR_CONFIG: "a.yaml" }, argv: ["--config=b.yaml"] })).http.port,
    ).toBe(2);
    expect((await configOf({ files })).http.port).toBe(3);
  });
});

describe("problems", () => {
  it("are reported all at once, each with its place", async () => {
    const problems = await problemsInMemory({
      argv: ["--http-prot", "80", "--metrics-cache-ttl=5"],
      env: { CLOUD_MONITOR_HTPP_PORT: "1", DEFAULT_INTERVAL: "0" },
      files: {
        ".env": "# comment\nHTTP_PORT=abc\n",
        "cloud-monitor.yaml": "http:\n  prot: 80\n  port: 99999\nlog: {level: verbose}\nstorage: 5\n",
      },
    });

    expect(problems.map(({ where, message }) => `${where}: ${message}`)).toEqual([
      '--http-prot: unknown flag; did you mean "--http-port"?',
      'environment CLOUD_MONITOR_HTPP_PORT: unknown variable; did you mean "CLOUD_MONITOR_HTTP_PORT"?',
      'cloud-monitor.yaml:2: unknown key "http.prot"; did you mean "http.port"?',
      'cloud-monitor.yaml:5: found something else, wanted settings of "storage" as `name: value`',
      expect.stringMatching(/^--metrics-cache-ttl: found "5", wanted a duration such as 10s, 5m or 250ms/),
      'environment DEFAULT_INTERVAL: found "0", wanted a whole number, 1 to 86400',
      '.env:2: found "abc", wanted a port, 0 to 65535',
      'cloud-monitor.yaml:3: found "99999", wanted a port, 0 to 65535',
      'cloud-monitor.yaml:4: found "verbose", wanted one of error, warn, info, debug',
    ]);
  });

  it.each([
    ["an unclosed bracket", "http: {port: 1\n", /^cloud-monitor\.yaml:\d+:\d+$/],
    ["a tab as indentation", "http:\n\tport: 1\n", /^cloud-monitor\.yaml:2:1$/],
    ["a key twice", "http:\n  port: 1\n  port: 2\n", /^cloud-monitor\.yaml:3:3$/],
    ["two documents", "http: {port: 1}\n---\nhttp: {port: 2}\n", /^cloud-monitor\.yaml:\d:\d$/],
  ])("name line and column of %s in YAML", async (_, text, where) => {
    const problems = await problemsInMemory({ files: { "cloud-monitor.yaml": text } });

    expect(problems[0]?.where).toMatch(where);
  });

  it("of a YAML list at the top, a list for a number, and a key without a value are named", async () => {
    const list = await problemsInMemory({ files: { "cloud-monitor.yaml": "- http\n" } });
    const values = await problemsInMemory({ files: { "cloud-monitor.yaml": "http:\n  port: [1, 2]\n  host:\n" } });

    expect(list[0]?.message).toMatch(/wanted settings/);
    expect(values.map(({ where }) => where)).toEqual(["cloud-monitor.yaml:2", "cloud-monitor.yaml:3"]);
  });

  it("include a named YAML file that is not there, but not the usual one", async () => {
    const problems = await problemsInMemory({ argv: ["--config", "other.yaml"] });

    expect(problems).toEqual([{ where: "other.yaml", message: "no such file" }]);
    await expect(loadInMemory({})).resolves.toBeDefined();
  });

  it("of the command line report flags without values and words without flags", async () => {
    const problems = await problemsInMemory({ argv: ["start", "--http-port", "--daemon", "--config"] });

    expect(problems.map(({ where }) => where)).toEqual(['"start"', "--http-port", "--config"]);
  });

  it("cannot draw on the terminal", async () => {
    const error: unknown = await loadInMemory({ argv: ["--\u001b[31mred", "a\u009bb"] }).catch(
      (thrown: unknown) => thrown,
    );

    expect(isCloudMonitorError(error) && formatProblems(error).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  });
});

describe("values", () => {
  it("are read from YAML as they were written", async () => {
    const text = `http: {apiToken: 0012345678901234, insecureNoAuth: yes}\nhost:\n  collectorsDisabled: [cpu, netdev]\nlog:\n`;
    const { http, host } = await configOf({ files: { "cloud-monitor.yaml": text } });

    expect(http.apiToken).toBe("0012345678901234");
    expect(http.insecureNoAuth).toBe(true);
    expect(host.collectorsDisabled).toEqual(["cpu", "netdev"]);
  });

  it("of switches may stand alone or be said", async () => {
    expect((await configOf({ argv: ["--daemon"] })).process.daemonize).toBe(true);
    expect(
      (await configOf({ argv: ["--daemon=false"], env: { CLOUD_MONITOR_PROCESS_DAEMONIZE: "1" } })).process.daemonize,
    ).toBe(false);
  });

  it("of paths follow node_exporter's flags", async () => {
    const { host } = await configOf({ argv: ["--path.procfs=/host/proc", "--path.udev.data", "udev"] });

    expect(host.procfs).toBe("/host/proc");
    expect(host.udevData).toBe("/work-folder/udev");
  });
});

describe("variables that are no settings", () => {
  it("such as descriptors handed from program to program are let alone", async () => {
    const env = { CLOUD_MONITOR_PARENT_FD: "3", CLOUD_MONITOR_READY_FD: "3", CLOUD_MONITOR_TEST_SERVER: "x" };

    await expect(loadInMemory({ env })).resolves.toBeDefined();
  });

  it("such as Kubernetes' links to a service of our name are let alone", async () => {
    const env = {
      CLOUD_MONITOR_SERVICE_HOST: "10.0.0.1",
      CLOUD_MONITOR_SERVICE_PORT_HTTP: "8080",
      CLOUD_MONITOR_PORT: "tcp://10.0.0.1:8080",
      CLOUD_MONITOR_PORT_8080_TCP_ADDR: "10.0.0.1",
    };

    await expect(loadInMemory({ env })).resolves.toBeDefined();
  });
});

describe("real files", () => {
  const folders: string[] = [];
  afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true })));

  it("are read from the working folder; what is no file or too large is a problem, not a wait", async () => {
    const cwd = mkdtempSync(join(tmpdir(), "cloud-monitor-config-"));
    folders.push(cwd);
    writeFileSync(join(cwd, ".env"), "LOG_LEVEL=debug\n");
    mkdirSync(join(cwd, "folder.yaml"));
    writeFileSync(join(cwd, "latin1.yaml"), Buffer.from("# Z\xfcrich\n", "latin1"));
    writeFileSync(join(cwd, "large.yaml"), "#".repeat(1024 * 1024 + 1));
    writeFileSync(join(cwd, "token"), "0123456789abcdef");
    chmodSync(join(cwd, "token"), 0o644);
    const argsOf = (...argv: string[]) => loadConfig({ argv, env: {}, cwd });

    expect((await argsOf()).config.log.level).toBe("debug");
    await expect(argsOf("--config=folder.yaml")).rejects.toMatchObject({
      details: [{ where: "folder.yaml", message: "it is no regular file" }],
    });
    await expect(argsOf("--config=latin1.yaml")).rejects.toMatchObject({
      details: [{ where: "latin1.yaml", message: "it is not UTF-8" }],
    });
    await expect(argsOf("--config=large.yaml")).rejects.toMatchObject({ details: [{ where: "large.yaml" }] });
    await expect(argsOf("--http-api-token-file=token")).rejects.toMatchObject({
      details: [{ message: expect.stringContaining("mode 0644") }],
    });
  });
});

import { afterAll, beforeAll, beforeEach, describe, expect } from "@jest/globals";
import { eventually } from "../support/eventually.ts";
import { needs } from "../support/programs.ts";
import { BootedMachine } from "./booted-machine.ts";
import { AWAY, INSTALL, InstalledService, YAML } from "./installed-service.ts";

/** run-booted.sh sets another one. */
const SUITE = process.env["CLOUD_MONITOR_TEST_DEBIAN"] ?? "bookworm";
/** Longer than the daemon's own heartbeat limit (30 s) and the watchdog of the test together. */
const DATABASE_AWAY_MS = 36_000;

const isRoot = process.getuid?.() === 0;
const bootedTest = isRoot ? needs("systemd-nspawn", "mmdebstrap", "curl") : needs("root");
let machine: BootedMachine;
let service: InstalledService;

describe(`the service on a booted Debian ${SUITE}`, () => {
  beforeAll(async () => {
    machine = await BootedMachine.boot(SUITE);
    service = new InstalledService(machine);
    await machine.sh(INSTALL);
    await service.startOneWithoutDatabase();
  }, 300_000);

  afterAll(async () => machine?.stop());

  /** Each test starts with the service as installed, running. */
  beforeEach(() => service.reset());

  bootedTest("runs under its own user, with a PostgreSQL of that user, and says where it listens", async () => {
    const health: unknown = JSON.parse(await machine.http("/health"));
    const processes = await service.cgroupFile("pids", "cgroup.procs");
    const users = await machine.sh(`for pid in $(cat ${processes}); do stat -c %U /proc/$pid; done | sort -u`);

    expect(await machine.show("ActiveState")).toBe("active");
    expect(await machine.show("StatusText")).toBe("listening on 127.0.0.1:8080");
    expect(health).toMatchObject({ status: "ok", storage: { kind: "postgres", available: true } });
    expect(users).toBe("cloud-monitor");
    expect(await machine.sh("stat -c '%U %a' /var/lib/cloud-monitor")).toBe("cloud-monitor 700");
  });

  bootedTest("shows the host's own mounts and has every collector succeed within the sandbox", async () => {
    const metrics = await machine.http("/metrics");

    expect(metrics).toMatch(/^node_filesystem_size_bytes\{.*mountpoint="\/tmp"\} /m);
    expect(metrics).toMatch(/^node_scrape_collector_success\{.*\} 1$/m);
    expect(metrics).not.toMatch(/^node_scrape_collector_success\{.*\} 0$/m);
  });

  bootedTest("serves the units of systemd and the state of the clock within the sandbox", async () => {
    await service.restartWith("Environment=CLOUD_MONITOR_HOST_COLLECTORS_ENABLED=systemd");
    await service.ready();

    const metrics = await eventually(
      () => machine.http("/metrics"),
      // systemd may still be reading the daemon's message that it is ready.
      (text) => text.includes('{name="cloud-monitor.service",state="active",type="notify"} 1'),
    );

    expect(metrics).toMatch(
      /^node_systemd_unit_state\{name="cloud-monitor.service",state="active",type="notify"\} 1$/m,
    );
    expect(metrics).toMatch(/^node_systemd_units\{state="active"\} [1-9]/m);
    expect(metrics).toMatch(/^node_systemd_version\{version=".+"\} \d{3}/m);
    expect(metrics).toMatch(/^node_timex_tick_seconds 0\.01$/m);
    expect(metrics).toMatch(/^node_timex_sync_status [01]$/m);
  });

  bootedTest("is accepted by this systemd without a word, at an exposure of at most 1.7", async () => {
    const verify = await machine.run("systemd-analyze verify cloud-monitor.service");
    const security = await machine.sh("systemd-analyze security --no-pager --threshold=17 cloud-monitor.service");

    expect(verify).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(security).toMatch(/Overall exposure level for cloud-monitor.service: 1\.\d OK/);
  });

  bootedTest("logs to the journal with the level of each record and its facts", async () => {
    const pid = await service.privateServerPid();
    await machine.sh(`kill -KILL ${pid}`);

    const warnings = await eventually(
      async () =>
        (await service.journal("-p warning")).filter(({ MESSAGE }) => MESSAGE.includes("exited unexpectedly")),
      (found) => found.length > 0,
    );

    expect(warnings[0]).toMatchObject({
      PRIORITY: "4",
      SYSLOG_IDENTIFIER: "cloud-monitor",
      _SYSTEMD_UNIT: "cloud-monitor.service",
    });
    expect(JSON.parse(warnings[0]!.MESSAGE)).toMatchObject({ level: "warn", component: "postgres", how: "SIGKILL" });
    expect((await service.journal("-p 6..6"))[0]).toMatchObject({ PRIORITY: "6" });
  });

  bootedTest("reloads its configuration without a restart", async () => {
    const before = await machine.show("MainPID");
    await machine.sh(`echo 'log: { level: debug }' > ${YAML}; systemctl reload cloud-monitor`);

    await eventually(async () => (await service.log("configuration reloaded")).includes("log.level"));

    expect(await machine.show("MainPID")).toBe(before);
    expect(await machine.show("ActiveState")).toBe("active");
  });

  bootedTest("keeps instances and configuration over an upgrade, which restarts it", async () => {
    const [name, before] = ["kept-over-upgrade", await machine.show("MainPID")];
    await service.addInstance(name);
    await machine.sh("echo '# mine' >> /etc/cloud-monitor/cloud-monitor.env");

    await machine.sh(INSTALL);

    expect(await machine.show("MainPID")).not.toBe(before);
    expect(await machine.sh("cloudctl list")).toContain(name);
    expect(await machine.sh("tail -n 1 /etc/cloud-monitor/cloud-monitor.env")).toBe("# mine");
    expect(await machine.sh("ls -d /opt/cloud-monitor*")).toBe("/opt/cloud-monitor");
  });

  bootedTest("restarts, and stops cleanly with its PostgreSQL", async () => {
    const before = await machine.show("MainPID");

    await machine.sh("systemctl restart cloud-monitor");
    await service.ready();
    const pid = await service.privateServerPid();
    const after = await machine.show("MainPID");
    await machine.sh("systemctl stop cloud-monitor");

    expect(after).not.toBe(before);
    expect(await machine.show("Result")).toBe("success");
    expect(await machine.show("ActiveState")).toBe("inactive");
    expect((await machine.run(`kill -0 ${pid}`)).code).not.toBe(0);
    expect(await machine.sh("tail -n 1 /var/lib/cloud-monitor/postgres.log")).toContain("database system is shut down");
  });

  for (const [how, signal] of [
    ["its main thread loops for ever", "USR2"],
    ["it is frozen", "STOP"],
  ]) {
    bootedTest(`is killed by the watchdog when ${how}, and runs again with its data`, async () => {
      await service.addInstance("before-the-hang");
      await service.restartWith("WatchdogSec=2", ...(await service.loopingAtSignal("SIGUSR2")));
      const hung = await machine.show("MainPID");

      await machine.sh(`kill -${signal} ${hung}`);

      await eventually(
        () => machine.show("NRestarts"),
        (restarts) => restarts === "1",
      );
      await service.ready();
      expect(await machine.show("MainPID")).not.toBe(hung);
      expect(await service.log("Watchdog timeout (limit 2s)!")).not.toBe("");
      expect(await service.log("code=killed, status=6/ABRT")).not.toBe("");
      expect(await machine.sh("cloudctl list")).toContain("before-the-hang");
    });
  }

  bootedTest("is not restarted while its database is away", async () => {
    await service.startOneWithoutDatabase();
    const since = Number(await machine.show("ActiveEnterTimestampMonotonic", AWAY)) / 1000;
    const uptimeMs = async () => Number(await machine.sh("cut -d' ' -f1 /proc/uptime")) * 1000;

    await eventually(async () => (await uptimeMs()) - since > DATABASE_AWAY_MS, Boolean, DATABASE_AWAY_MS + 5000);

    expect(await machine.show("NRestarts", AWAY)).toBe("0");
    expect(await machine.show("ActiveState", AWAY)).toBe("active");
    expect(await machine.status(":8081/-/healthy")).toBe(200);
    expect(await machine.status(":8081/-/ready")).toBe(503);
    expect(await machine.http(":8081/metrics")).toMatch(/^node_load1 /m);
  });

  bootedTest("does not try a wrong configuration again and again, and says what is wrong", async () => {
    await machine.sh(`echo 'http: { prot: 1 }' > ${YAML}`);

    const { code } = await machine.run("systemctl restart cloud-monitor");

    expect(code).not.toBe(0);
    expect(await machine.show("ActiveState")).toBe("failed");
    expect(await machine.show("ExecMainStatus")).toBe("2");
    expect(await service.log("did you mean")).toContain('unknown key "http.prot"');
  });

  bootedTest("takes its token as a credential of systemd", async () => {
    const token = "0123456789abcdef0123456789abcdef";
    await machine.sh(`umask 077; echo ${token} > /etc/cloud-monitor/token`);
    await service.restartWith("LoadCredential=token:/etc/cloud-monitor/token", "Environment=API_TOKEN_FILE=%d/token");

    expect(await machine.status("/api/v1/instances")).toBe(401);
    expect(await machine.status("/api/v1/instances", "-H", `Authorization: Bearer ${token}`)).toBe(200);
  });

  bootedTest("cannot use more memory than its limit: the hog is killed, the daemon goes on", async () => {
    const before = await machine.show("MainPID");
    const hog = "const all = []; for (;;) all.push(Buffer.alloc(64 << 20, 1))";

    const { code } = await machine.run(
      `echo $$ > ${await service.cgroupFile("memory", "cgroup.procs")}; /opt/cloud-monitor/bin/node -e '${hog}'`,
    );

    expect(await machine.sh(`cat ${await service.cgroupFile("memory", "memory.limit_in_bytes")}`)).toBe(
      String(1536 << 20),
    );
    expect(await machine.sh(`cat ${await service.cgroupFile("pids", "pids.max")}`)).toBe("512");
    expect(code).toBe(137);
    expect(await machine.show("MainPID")).toBe(before);
    expect(JSON.parse(await machine.http("/health"))).toMatchObject({ status: "ok" });
  });

  bootedTest("starts at boot", async () => {
    await machine.reboot();

    await service.ready();

    expect(await machine.show("ActiveState")).toBe("active");
    expect(JSON.parse(await machine.http("/health"))).toMatchObject({ storage: { available: true } });
  });

  bootedTest("is uninstalled without its data, and by --purge with them", async () => {
    await service.addInstance("kept-without-program");

    await machine.sh("/src/scripts/uninstall.sh");
    const left = await machine.sh(
      "ls -d /opt/cloud-monitor /usr/local/bin/* /etc/systemd/system/cloud-monitor* 2>&1; true",
    );
    await machine.sh(INSTALL);
    const instances = await machine.sh("cloudctl list");
    await machine.sh("/src/scripts/uninstall.sh --purge");
    await machine.sh("/src/scripts/uninstall.sh --purge");

    expect(left.split("\n").every((line) => line.includes("No such file"))).toBe(true);
    expect(instances).toContain("kept-without-program");
    expect(await machine.sh("find / -xdev -path '*cloud-monitor*'")).toBe("");
    expect((await machine.run("getent passwd cloud-monitor")).code).toBe(2);
    expect(await machine.show("LoadState")).toBe("not-found");
  });
});
